import { Validations } from 'aws-cdk-lib';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/** A secret that is created without a value; the operator fills it by `npm run secrets`. */
export class EmptySecret extends Secret {
  /** As the operator's commands name it; `secretName` would be cut out of the ARN at deployment. */
  readonly baseName: string;

  constructor(
    scope: Construct,
    id: string,
    props: { deployment: Deployment; name: string; description: string },
  ) {
    const { projectPrefix, environmentName } = props.deployment.settings;
    const baseName = `${projectPrefix}/${environmentName}/${props.name}`;
    super(scope, id, {
      secretName: baseName,
      description: props.description,
      removalPolicy: props.deployment.stage.removalPolicy,
    });
    this.baseName = baseName;
    (this.node.defaultChild as CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A key of a vendor, who alone can make another: npm run secrets replaces it, and functions take it without a deployment.',
    });
  }
}
