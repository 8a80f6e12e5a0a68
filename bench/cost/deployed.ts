/** A synthesized CloudFormation template, as far as its cost is read from it. */
export interface Template {
  Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
}

/** What the template deploys, as far as it costs anything. */
export interface Deployed {
  /** Memory in MB by the function's name without prefix and environment. */
  memoryMb: ReadonlyMap<string, number>;
  /** Event sources by the kind of their queue. */
  polled: { fifo: number; standard: number };
  secrets: number;
  /** Metrics that alarms look at. */
  alarmMetrics: number;
  compositeAlarms: number;
  dashboards: number;
  keys: number;
  backedUpTables: number;
  logGroups: number;
  tracedFunctions: number;
}

/** The types whose cost is reckoned: by the month below, by their use, or none. */
const known = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::Deployment',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CDK::Metadata',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::OriginAccessControl',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::Events::Rule',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::Secret',
  'Custom::SiteFiles',
]);

type Properties = Record<string, unknown>;

/** Reads the template; a type of resource whose cost is not known is an error, so that none is left out. */
export function deployedBy(template: Template, nameOf: (given: string) => string): Deployed {
  const resources = Object.entries(template.Resources);
  const unknown = resources.filter(([, { Type }]) => !known.has(Type));
  if (unknown.length > 0) {
    const names = [...new Set(unknown.map(([, { Type }]) => Type))].join(', ');
    throw new Error(`What does ${names} cost? Say so in bench/cost/deployed.ts and lines.ts.`);
  }
  const of = (type: string): Properties[] =>
    resources.filter(([, { Type }]) => Type === type).map(([, one]) => one.Properties ?? {});
  const functions = of('AWS::Lambda::Function');
  return {
    memoryMb: new Map(
      functions.map((one) => [nameOf(String(one['FunctionName'])), Number(one['MemorySize'])]),
    ),
    polled: polledQueues(template, of('AWS::Lambda::EventSourceMapping')),
    secrets: of('AWS::SecretsManager::Secret').length,
    alarmMetrics: of('AWS::CloudWatch::Alarm').reduce((sum, one) => sum + metricsOf(one), 0),
    compositeAlarms: of('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    keys: of('AWS::KMS::Key').length,
    backedUpTables: of('AWS::DynamoDB::Table').filter(isBackedUp).length,
    logGroups: of('AWS::Logs::LogGroup').length,
    tracedFunctions: functions.filter((one) => one['TracingConfig']).length,
  };
}

function polledQueues(template: Template, mappings: Properties[]): Deployed['polled'] {
  const polled = { fifo: 0, standard: 0 };
  for (const { EventSourceArn: source } of mappings) {
    const [id] = (source as { 'Fn::GetAtt': string[] })['Fn::GetAtt'];
    const isFifo = template.Resources[id ?? '']?.Properties?.['FifoQueue'] === true;
    polled[isFifo ? 'fifo' : 'standard'] += 1;
  }
  return polled;
}

/** An alarm on a formula pays for each metric in it. */
function metricsOf({ Metrics: metrics }: Properties): number {
  if (!Array.isArray(metrics)) return 1;
  return metrics.filter((one) => (one as Properties)['MetricStat']).length;
}

function isBackedUp({ PointInTimeRecoverySpecification: given }: Properties): boolean {
  return (given as Properties | undefined)?.['PointInTimeRecoveryEnabled'] === true;
}
