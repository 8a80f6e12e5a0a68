import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { House } from '../house.ts';

/** A secret that is created without a value; the operator fills it by `npm run secrets`. */
export class EmptySecret extends Secret {
  constructor(
    scope: Construct,
    id: string,
    props: { house: House; name: string; description: string },
  ) {
    const { projectPrefix, environmentName } = props.house.settings;
    super(scope, id, {
      secretName: `${projectPrefix}/${environmentName}/${props.name}`,
      description: props.description,
      removalPolicy: props.house.stage.removalPolicy,
    });
    (this.node.defaultChild as CfnSecret).addPropertyDeletionOverride('GenerateSecretString');
  }
}
