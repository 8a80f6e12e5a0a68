import { ArnFormat, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { output } from '../output.ts';

/** The topic for alarms: encrypted, over TLS alone, and for the alarms of this deployment alone. */
export class AlarmTopic extends Topic {
  constructor(
    scope: Construct,
    id: string,
    { deployment }: { deployment: Omit<Deployment, 'alarmTopic'> },
  ) {
    // Alarms cannot publish to a topic under the key that AWS manages: only a key of our own can let them.
    const key = new Key(scope, `${id}Key`, {
      description: 'Encrypts the topic of alarms',
      enableKeyRotation: true,
      removalPolicy: deployment.stage.removalPolicy,
    });
    super(scope, id, {
      topicName: deployment.nameOf('alarms'),
      masterKey: key,
      enforceSSL: true,
    });
    const { account } = Stack.of(this);
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: deployment.nameOf('*'),
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': alarms },
      },
    });
    key.grant(cloudWatch, 'kms:Decrypt', 'kms:GenerateDataKey*');
    this.grantPublish(cloudWatch);
    const { alarmEmail } = deployment.settings;
    if (alarmEmail) this.addSubscription(new EmailSubscription(alarmEmail));
    output(scope, 'AlarmTopicArn', this.topicArn, {
      what: 'Subscribe whoever is to be told of alarms',
    });
  }
}
