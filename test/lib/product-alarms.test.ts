import { describe, expect, it } from 'vitest';
import {
  countMetrics,
  deploymentDimension,
  metricNamespace,
  timeMetrics,
} from '../../lambdas/shared/metrics.ts';
import { sourcesOf } from '../architecture/source.ts';
import { type Resource, resourcesOf, templateOf } from '../support/stack.ts';
import { alarmsOf, dashboardOf, expressionOf, shownIn, watchedBy } from './observability.ts';

const template = templateOf('prod', { ALARM_EMAIL: 'operator@replies.acme.dev' });
const alarms = alarmsOf(template);
const ownAlarms = Object.values(alarms).filter((alarm) =>
  watchedBy(alarm).some(({ namespace }) => namespace === metricNamespace),
);

/** Name, metrics with their statistic, threshold, "bad periods of periods × seconds". */
const rules: [string, string[], number, string][] = [
  ['replies-not-recorded', ['RepliesNotRecorded Sum'], 1, '1 of 1 × 300'],
  ['replies-late', ['ReplySeconds p90'], 60, '2 of 3 × 300'],
  ['messages-undelivered', ['MessagesUndelivered Sum', 'MessagesRejected Sum'], 5, '2 of 2 × 300'],
  ['web-answers-fail', ['TurnsFailed Sum'], 3, '2 of 3 × 300'],
  ['deadlines-missed', ['EmailsLate Sum', 'EmailsSent Sum'], 10, '1 of 1 × 900'],
  ['email-runs-fail', ['RunsFailed Sum'], 1, '1 of 1 × 300'],
  ['number-not-registered', ['UnknownChannel Sum'], 1, '1 of 1 × 300'],
  ['signatures-refused', ['SignatureRejected Sum'], 20, '1 of 1 × 300'],
  ['callers-refused', ['Unauthenticated Sum', 'Forbidden Sum'], 200, '1 of 1 × 300'],
  ['openai-fails', ['OpenAiFailed Sum'], 5, '2 of 3 × 300'],
  ['twilio-fails', ['TwilioFailed Sum'], 5, '2 of 3 × 300'],
  ['mailbox-fails', ['MailboxFailed Sum'], 5, '2 of 3 × 300'],
];

const seen = (alarm: Resource['Properties']) => {
  const watched = watchedBy(alarm);
  return [
    watched.map(({ name, statistic }) => `${name} ${statistic}`),
    alarm.Threshold,
    `${alarm.DatapointsToAlarm} of ${alarm.EvaluationPeriods} × ${watched[0]?.periodSeconds}`,
  ];
};

describe("the product's own alarms", () => {
  it.each(rules)('ring as they should: %s', (name, ...expected) => {
    expect(seen(alarms[name])).toEqual(expected);
    expect(alarms[name]).toMatchObject({
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('are these and no others', () => {
    const named = ownAlarms.map(({ AlarmName: name }) => name.replace(/^acme-|-prod$/g, ''));

    expect(new Set(named)).toEqual(new Set(rules.map(([name]) => name)));
  });

  it('count late emails in a hundred, and only once some are late', () => {
    expect(expressionOf(alarms['deadlines-missed'])).toBe('IF(part >= 5, 100 * part / whole, 0)');
  });

  it('add up also where one of the metrics has no data', () => {
    expect(expressionOf(alarms['callers-refused'])).toBe('FILL(m0, 0) + FILL(m1, 0)');
  });

  it('look at this deployment alone', () => {
    const dimensions = ownAlarms.flatMap(watchedBy).map((one) => one.dimensions);

    for (const one of dimensions) {
      expect(one).toEqual([{ Name: deploymentDimension, Value: 'acme-prod' }]);
    }
  });
});

describe('the API', () => {
  it('has an alarm for the share of its 5xx answers', () => {
    expect(watchedBy(alarms['api-fails']).map(({ name }) => name)).toEqual(['5xx', 'Count']);
    expect(alarms['api-fails']).toMatchObject({ Threshold: 5, EvaluationPeriods: 3 });
  });
});

describe('each metric', () => {
  const code = sourcesOf('lambdas')
    .filter(({ file }) => file !== 'lambdas/shared/metrics.ts')
    .map(({ text }) => text)
    .join('\n');

  it.each([...countMetrics, ...timeMetrics])('%s is written somewhere in the code', (name) => {
    expect(code).toContain(`'${name}'`);
  });

  it('that an alarm or a widget names is one that the code can write', () => {
    const named = [...ownAlarms.flatMap(watchedBy).map(({ name }) => name), ...shownIn(template)];

    expect(named.length).toBeGreaterThan(30);
    expect([...countMetrics, ...timeMetrics]).toEqual(expect.arrayContaining(named));
  });
});

describe('the dashboard', () => {
  const { widgets } = dashboardOf(template);

  it('fills its width with each row', () => {
    const total = widgets.reduce((sum, { width }) => sum + width, 0);

    expect(total % 24).toBe(0);
  });

  it('shows each queue with its dead letters, and each function', () => {
    const titled = (title: string) =>
      widgets.find(({ properties }) => properties.title === title)?.properties.metrics ?? [];

    const queues = resourcesOf(template, 'AWS::SQS::Queue').filter(
      ([, { Properties }]) => Properties.RedrivePolicy,
    );
    expect(titled('Dead letters')).toHaveLength(queues.length);
    expect(titled('Errors of functions')).toHaveLength(
      resourcesOf(template, 'AWS::Lambda::Function').length,
    );
  });

  it('splits the time of a reply into queue, model and sending', () => {
    const parts = ['QueueSeconds', 'RunSeconds', 'SendSeconds', 'ReplySeconds'];

    for (const part of parts) {
      expect(shownIn(template).filter((name) => name === part)).toHaveLength(3);
    }
  });

  it('shows how soon the answers of turns begin, and how turns end', () => {
    const times = shownIn(template).filter((name) => name === 'FirstWordsSeconds');

    expect(times).toHaveLength(3);
    expect(shownIn(template)).toEqual(expect.arrayContaining(['TurnsAnswered', 'TurnsFailed']));
  });

  it('is there on every stage', () => {
    for (const stage of ['local', 'dev'] as const) {
      expect(dashboardOf(templateOf(stage)).widgets.length).toBe(widgets.length);
    }
  });
});

describe('the topic of alarms', () => {
  it('tells the operator by email', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'operator@replies.acme.dev',
    });
  });

  it('is encrypted by a key that only the alarms of this deployment may use', () => {
    const [[, topic] = []] = resourcesOf(template, 'AWS::SNS::Topic');
    const [[keyId, key] = []] = resourcesOf(template, 'AWS::KMS::Key');
    const services = key?.Properties.KeyPolicy.Statement.filter(
      ({ Principal }: Resource['Properties']) => Principal.Service,
    );

    expect(topic?.Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [keyId, 'Arn'] });
    expect(key?.Properties.EnableKeyRotation).toBe(true);
    expect(services).toMatchObject([
      {
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Principal: { Service: 'cloudwatch.amazonaws.com' },
      },
    ]);
    expect(JSON.stringify(services)).toContain(':alarm:acme-*-prod');
  });

  it('takes nothing but what comes over TLS from the alarms of this deployment', () => {
    const [[, policy] = []] = resourcesOf(template, 'AWS::SNS::TopicPolicy');

    expect(policy?.Properties.PolicyDocument.Statement).toMatchObject([
      { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { Effect: 'Allow', Principal: { Service: 'cloudwatch.amazonaws.com' } },
    ]);
  });

  it('is there in production also where nobody is told yet, for its subscribers', () => {
    const prod = templateOf('prod');

    prod.resourceCountIs('AWS::SNS::Topic', 1);
    prod.resourceCountIs('AWS::SNS::Subscription', 0);
    prod.hasOutput('AlarmTopicArn', {});
  });
});

describe('a development stage', () => {
  it('has no alarms, which would cost when idle, where nobody is told', () => {
    expect(alarmsOf(templateOf('dev'))).toEqual({});
    templateOf('dev').resourceCountIs('AWS::SNS::Topic', 0);
  });

  it('has the alarms of production where somebody is told', () => {
    const told = alarmsOf(templateOf('dev', { ALARM_EMAIL: 'developer@replies.acme.dev' }));

    expect(Object.keys(told).sort()).toEqual(Object.keys(alarms).sort());
  });
});
