import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { slug } from '../../lib/constructs/runbook-alarm.ts';
import { functionsOf, referredBy, resourcesOf, templateOf } from '../support/stack.ts';
import { alarmsOf, expressionOf, watchedBy } from './observability.ts';

const template = templateOf('prod');
const alarms = alarmsOf(template);
const names = Object.keys(alarms);

const runbook = readFileSync(path.join(projectRoot, 'docs/runbook.md'), 'utf8');
const [, ofAlarms = ''] = /^## Alarms$([\s\S]*?)^## /m.exec(runbook) ?? [];
const headings = [...ofAlarms.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading);

const withoutStage = (name: string) => name.replace(/^acme-|-prod(\.fifo)?$/g, '');
const functions = Object.values(functionsOf(template)).map(({ FunctionName: name }) =>
  withoutStage(name),
);
const queues = resourcesOf(template, 'AWS::SQS::Queue')
  .map(([, { Properties }]) => withoutStage(Properties.QueueName))
  .filter((name) => !name.endsWith('-dlq'));

describe('each alarm', () => {
  it('says who is hurt and leads to its entry in the runbook', () => {
    for (const { AlarmDescription: said } of Object.values(alarms)) {
      const [, anchor] = /^[A-Z].{20,}\. What to do: docs\/runbook\.md#([a-z-]+)$/.exec(said) ?? [];

      expect([said, headings.map(slug)]).toEqual([said, expect.arrayContaining([anchor])]);
    }
  });

  it('leads to where the operator reads the runbook', () => {
    const RUNBOOK_URL = 'https://wiki.acme.dev/runbook';
    const { 'replies-late': late } = alarmsOf(templateOf('prod', { RUNBOOK_URL }));

    expect(late.AlarmDescription).toMatch(/ https:\/\/wiki\.acme\.dev\/runbook#replies-late$/);
  });

  it('ends its name with the heading that it leads to', () => {
    for (const [name, { AlarmDescription: said }] of Object.entries(alarms)) {
      expect(name).toMatch(new RegExp(`(^|-)${said.split('#')[1]}$`));
    }
  });

  it('tells the topic when it begins and when it is over', () => {
    const [[topic] = []] = resourcesOf(template, 'AWS::SNS::Topic');

    for (const { AlarmActions, OKActions, ActionsEnabled } of Object.values(alarms)) {
      expect([AlarmActions, OKActions].map((ends) => ends.map(referredBy))).toEqual([
        [topic],
        [topic],
      ]);
      expect(ActionsEnabled).not.toBe(false);
    }
  });
});

describe('the runbook', () => {
  it('has an entry for each alarm, and none for an alarm that is not there', () => {
    const led = Object.values(alarms).map(({ AlarmDescription: said }) => said.split('#')[1]);

    expect(new Set(led)).toEqual(new Set(headings.map(slug)));
  });

  it.each(headings)(
    'says of "%s" what to see, who is hurt, what to check and do, and when it is over',
    (heading) => {
      const [, after = ''] = ofAlarms.split(`### ${heading}\n`);
      const [entry = ''] = after.split('\n### ');

      for (const part of ['You see', 'Who is hurt', 'Check', 'Do', 'Over when']) {
        expect(entry).toContain(`**${part}:**`);
      }
      expect(entry).toMatch(/`(aws|npm run) |```sh/);
    },
  );
});

describe('each queue', () => {
  it.each(queues)('has alarms for dead letters and for work that waits (%s)', (queue) => {
    const [dead] = watchedBy(alarms[`${queue}-dead-letters`]);
    const [oldest] = watchedBy(alarms[`${queue}-work-waits`]);

    expect(dead).toMatchObject({
      name: 'ApproximateNumberOfMessagesVisible',
      statistic: 'Maximum',
      periodSeconds: 60,
    });
    expect(oldest).toMatchObject({ name: 'ApproximateAgeOfOldestMessage', statistic: 'Maximum' });
    const watched = (one: typeof dead) => queueNamed(one?.dimensions[0]?.Value);
    expect([watched(dead), watched(oldest)]).toEqual([`${queue}-dlq`, queue]);
  });

  it('rings from the first dead letter on, and keeps ringing where SQS falls silent', () => {
    for (const name of names.filter((one) => one.endsWith('-dead-letters'))) {
      expect(alarms[name]).toMatchObject({
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        EvaluationPeriods: 1,
        TreatMissingData: 'ignore',
      });
    }
  });

  it('lets work wait for as long as it rightly may', () => {
    const bounds = queues.map((queue) => [queue, alarms[`${queue}-work-waits`].Threshold]);

    expect(Object.fromEntries(bounds)).toMatchObject({
      // A model may take five minutes, and its run be tried again.
      'whatsapp-replies': 600,
      'email-runs': 900,
      // Emails that are sent just in time wait in their queue.
      'emails-ready': 21_600,
    });
  });
});

const queueNamed = (value: unknown) =>
  withoutStage(
    template.findResources('AWS::SQS::Queue')[String(referredBy(value))]?.['Properties'].QueueName,
  );

describe('each function', () => {
  it.each(functions)('has an alarm for failures (%s)', (name) => {
    const fails = alarms[`${name}-function-fails`];

    expect(expressionOf(fails)).toBe('IF(part >= 3, 100 * part / whole, 0)');
    expect(watchedBy(fails).map((one) => one.name)).toEqual(['Errors', 'Invocations']);
    expect(fails).toMatchObject({
      Threshold: 5,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      TreatMissingData: 'notBreaching',
    });
  });

  it('is watched by one alarm for throttling, of whichever function of the account', () => {
    const throttled = alarms['function-throttled'];

    expect(watchedBy(throttled)).toEqual([
      expect.objectContaining({ name: 'Throttles', statistic: 'Sum' }),
    ]);
    expect(throttled).toMatchObject({ Threshold: 1, EvaluationPeriods: 3 });
    expect(throttled).not.toHaveProperty('Dimensions');
  });
});
