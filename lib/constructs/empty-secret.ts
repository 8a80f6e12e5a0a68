import { Validations } from 'aws-cdk-lib';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { House } from '../house.ts';

/** A secret that is created without a value; the operator fills it by `npm run secrets`. */
export class EmptySecret extends Secret {
  /** As the operator's commands name it; `secretName` would be cut out of the ARN at deployment. */
  readonly givenName: string;

  constructor(
    scope: Construct,
    id: string,
    props: { house: House; name: string; description: string },
  ) {
    const { projectPrefix, environmentName } = props.house.settings;
    const givenName = `${projectPrefix}/${environmentName}/${props.name}`;
    super(scope, id, {
      secretName: givenName,
      description: props.description,
      removalPolicy: props.house.stage.removalPolicy,
    });
    this.givenName = givenName;
    (this.node.defaultChild as CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A key of a vendor, who alone can make another: npm run secrets replaces it, and functions take it without a deployment.',
    });
  }
}
