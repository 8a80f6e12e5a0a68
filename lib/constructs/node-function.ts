import { Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { bundleOf } from './bundle.ts';
import { alarmOnFailures } from './function-alarms.ts';

export interface NodeFunctionProps {
  deployment: Deployment;
  context: string;
  /** Its name without prefix and environment, and that of its entry: `lambdas/<context>/<name>.lambda.ts`. */
  name: string;
  description: string;
  memoryMb: number;
  timeoutSeconds: number;
  environment: Record<string, string>;
  /** Whose values it may read. */
  secrets?: readonly ISecret[];
  /** Who is hurt when it fails, as a sentence without its full stop. */
  impact: string;
  /**
   * Whether it gives its own queue work that ends by itself. Lambda takes a chain of that for a loop gone
   * wild, and drops what would be its seventeenth invocation, unless it is configured so.
   */
  callsItself?: boolean;
  /** Invocations that are kept for it, and the most that it gets; none by default, and no bound of its own. */
  reservedConcurrency?: number | undefined;
}

/** A Lambda function of the deployment: its bundle, its own log group, its alarms, and a role that may do only what is granted. */
export class NodeFunction extends LambdaFunction {
  /** As alarms and the dashboard name it. */
  readonly baseName: string;

  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const { deployment } = props;
    const functionName = deployment.nameOf(props.name);
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: deployment.stage.logRetention,
      removalPolicy: deployment.stage.removalPolicy,
    });
    logGroup.grantWrite(role);
    super(scope, id, {
      functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(bundleOf(props.context, props.name)),
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: {
        LOG_LEVEL: deployment.stage.logLevel,
        DEPLOYMENT: deployment.name,
        ...deployment.passedOn('LOG_LEVEL'),
        ...props.environment,
      },
      // The AWS SDK itself carries the trace on to the queues, and these to their consumers.
      tracing: Tracing.ACTIVE,
      ...(props.callsItself && { recursiveLoop: RecursiveLoop.ALLOW }),
      ...(props.reservedConcurrency && {
        reservedConcurrentExecutions: props.reservedConcurrency,
      }),
      role,
      logGroup,
    });
    // By what people call it; npm run invoke finds it by these.
    (this.node.defaultChild as CfnFunction).addMetadata('function', {
      construct: id,
      context: props.context,
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'X-Ray takes traces for no resource but all; test/lib/permissions.test.ts holds the rest.',
    });
    for (const secret of props.secrets ?? []) {
      this.addToRolePolicy(
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          resources: [secret.secretArn],
        }),
      );
    }
    this.baseName = props.name;
    alarmOnFailures(this, { deployment, about: props.name, impact: props.impact });
  }
}
