import { Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/** A secret that Secrets Manager makes up itself, of 64 letters and digits: nobody has to fill it. */
export class GeneratedSecret extends Secret {
  constructor(
    scope: Construct,
    id: string,
    {
      deployment,
      name,
      description,
    }: { deployment: Deployment; name: string; description: string },
  ) {
    const { projectPrefix, environmentName } = deployment.settings;
    super(scope, id, {
      secretName: `${projectPrefix}/${environmentName}/${name}`,
      description,
      removalPolicy: deployment.stage.removalPolicy,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The companies hold what is derived from it: it is replaced with them, and never by itself.',
    });
  }
}
