import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { pageOf, readCounted } from '../../bench/cost/cost-page.ts';
import { type Deployed, deployedBy, type Template } from '../../bench/cost/deployed.ts';
import { idleMonth, perThousand, totalOf } from '../../bench/cost/lines.ts';
import { costBy, readPrices } from '../../bench/cost/prices.ts';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { templateOf } from '../support/stack.ts';

const template = () => templateOf('prod').toJSON() as Template;
const cost = costBy(readPrices());

// Synthesizing takes seconds, on a busy machine many.
beforeAll(() => void template());

const aDeployment = (parts: Partial<Deployed> = {}): Deployed => ({
  memoryMb: new Map([['reply', 512]]),
  polled: { fifo: 0, standard: 0 },
  secrets: 0,
  alarmMetrics: 0,
  compositeAlarms: 0,
  dashboards: 0,
  keys: 0,
  backedUpTables: 0,
  logGroups: 0,
  tracedFunctions: 0,
  ...parts,
});

describe('docs/reference/cost.md', () => {
  it('is what the template, the prices and the counts come to: npm run bench -- cost', () => {
    const page = readFileSync(path.join(projectRoot, 'docs/reference/cost.md'), 'utf8');

    expect(page).toBe(pageOf(template(), 'acme'));
  });
});

describe('the cost of a thousand', () => {
  it('is paid for the memory that the template gives', () => {
    const work = {
      units: 10,
      functions: { reply: { invocations: 10, seconds: 20 } },
      http_requests: 0,
      dynamodb: { reads: 0, writes: 40 },
      sqs: { fifo: 20, standard: 0, fair: 0 },
      secret_reads: 0,
      events: 0,
      log: { lines: 0, bytes: 0 },
    };

    const lines = perThousand(work, aDeployment(), cost);

    const of = (what: string) => lines.find((line) => line.what === what)?.usd;
    expect(of('Lambda, time')).toBeCloseTo(1_000 * 2 * 0.5 * 0.0000133334, 9);
    expect(of('DynamoDB, writes')).toBeCloseTo(4_000 * 0.000000625, 9);
    expect(of('SQS')).toBeCloseTo(2_000 * 0.0000005, 9);
  });

  it('is refused for a function that the template does not have', () => {
    const [work] = Object.values(readCounted().work);
    if (!work) throw new Error('Expected counts.');

    expect(() => perThousand(work, aDeployment(), cost)).toThrow('measure again');
  });
});

const unwatched = { alarmMetrics: 0, compositeAlarms: 0, dashboards: 0, keys: 0 };

describe('an idle month', () => {
  it('pays for five pollers of each event source, secrets, and metrics under alarm', () => {
    const deployed = aDeployment({ polled: { fifo: 1, standard: 2 }, secrets: 3, alarmMetrics: 4 });

    const total = totalOf(idleMonth(deployed, cost));

    const polls = (5 * 730 * 3600) / 20;
    expect(total).toBeCloseTo(polls * (2 * 0.0000004 + 0.0000005) + 3 * 0.4 + 4 * 0.1, 6);
  });

  it('of this stack stays under fifteen dollars, alarms and dashboard included', () => {
    const deployed = deployedBy(template(), (name) => name);
    const month = totalOf(idleMonth(deployed, cost));
    const unwatchedMonth = totalOf(idleMonth({ ...deployed, ...unwatched }, cost));

    expect(deployed.polled.fifo).toBe(1);
    expect(month).toBeLessThan(15);
    expect(unwatchedMonth).toBeLessThan(4);
  });
});

describe('a template', () => {
  it('with a resource whose cost is not known is refused', () => {
    const strange = { Resources: { Nat: { Type: 'AWS::EC2::NatGateway' } } };

    expect(() => deployedBy(strange, (name) => name)).toThrow(
      'What does AWS::EC2::NatGateway cost?',
    );
  });

  it('pays for each metric of an alarm on a formula', () => {
    const metric = { MetricStat: {} };
    const Properties = { Metrics: [metric, metric, { Expression: 'a / b' }] };
    const alarmed = { Resources: { Late: { Type: 'AWS::CloudWatch::Alarm', Properties } } };

    expect(deployedBy(alarmed, (name) => name).alarmMetrics).toBe(2);
  });
});
