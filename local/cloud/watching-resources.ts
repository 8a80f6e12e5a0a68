import { requestLogOf } from './request-log.ts';
import type { Make } from './resource-maker.ts';
import { arnOf } from './template.ts';

/** Alarms, dashboards and their topics get a name and an ARN, but do nothing here; the stage gets its access log. */
export const watchingMakers: Record<string, Make> = {
  'AWS::ApiGatewayV2::Stage': (properties, services) => {
    const log = requestLogOf(properties);
    if (log) services.requestLog = log;
    return { ref: String(properties['StageName']) };
  },
  'AWS::CloudWatch::Alarm': (properties) => {
    const name = String(properties['AlarmName']);
    return { ref: name, attributes: { Arn: arnOf('cloudwatch', `alarm:${name}`) } };
  },
  'AWS::CloudWatch::Dashboard': (properties) => ({ ref: String(properties['DashboardName']) }),
  'AWS::KMS::Key': (_properties, _services, _resolver, logicalId) => ({
    ref: logicalId,
    attributes: { KeyId: logicalId, Arn: arnOf('kms', `key/${logicalId}`) },
  }),
  'AWS::SNS::Topic': (properties) => {
    const name = String(properties['TopicName']);
    const topicArn = arnOf('sns', name);
    return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name } };
  },
  'AWS::SNS::TopicPolicy': (_properties, _services, _resolver, logicalId) => ({ ref: logicalId }),
  'AWS::SNS::Subscription': (_properties, _services, _resolver, logicalId) => ({ ref: logicalId }),
};
