import {
  AccessLogFormat,
  LogGroupLogDestination as RestLogDestination,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import { type IAccessLogSettings, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/** The route and never the path, which has ids; nothing of who calls. */
const accessLogLine = (route: string) =>
  JSON.stringify({
    time: '$context.requestTime',
    request_id: '$context.requestId',
    route,
    status: '$context.status',
    latency_ms: '$context.responseLatency',
    // Not messageString, which brings quotes of its own: the line would be no JSON.
    error: '$context.error.message',
    integration_error: '$context.integrationErrorMessage',
  });

/** A line for each request, also for those that reach no function. */
export const accessLogOf = (scope: Construct, deployment: Deployment): IAccessLogSettings => ({
  destination: new LogGroupLogDestination(logGroupOf(scope, deployment, 'api')),
  format: AccessLogFormat.custom(accessLogLine('$context.routeKey')),
});

/** The same of a REST API. */
export const restAccessLogOf = (
  scope: Construct,
  deployment: Deployment,
): Pick<StageOptions, 'accessLogDestination' | 'accessLogFormat'> => ({
  accessLogDestination: new RestLogDestination(logGroupOf(scope, deployment, 'streaming-api')),
  accessLogFormat: AccessLogFormat.custom(
    accessLogLine('$context.httpMethod $context.resourcePath'),
  ),
});

const logGroupOf = (scope: Construct, deployment: Deployment, api: string): LogGroup =>
  new LogGroup(scope, 'AccessLog', {
    // Under this prefix a log group needs no entry of its own in the region's resource policy, which is bounded.
    logGroupName: `/aws/vendedlogs/${deployment.nameOf(api)}`,
    retention: deployment.stage.logRetention,
    removalPolicy: deployment.stage.removalPolicy,
  });
