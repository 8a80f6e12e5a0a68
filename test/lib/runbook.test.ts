import { describe, expect, it } from 'vitest';
import { takes } from '../../bin/logs/filter-pattern.ts';
import { metricNames } from '../../bin/metric/names.ts';
import { timeMetrics } from '../../lambdas/shared/metrics.ts';
import { platformPrefix } from '../../lambdas/tenancy/route.ts';
import { runtimeLines } from '../../local/cloud/runtime-lines.ts';
import { entryOf, headings, linesOf, type Search, searchesOf } from '../support/runbook.ts';
import { referredBy, resourcesOf, templateOf } from '../support/stack.ts';

const template = templateOf('prod');
const bare = (name: string) => name.replace(/^acme-|-prod(\.fifo)?$/g, '');
const functions = new Map(
  resourcesOf(template, 'AWS::Lambda::Function').map(([id, { Properties }]) => [
    id,
    bare(Properties.FunctionName),
  ]),
);
const queues = resourcesOf(template, 'AWS::SQS::Queue').map(([, { Properties }]) => Properties);

const serious = () => searchesOf('Function fails')[0]?.pattern ?? '';
const all = headings.flatMap(searchesOf);

describe('each search of the runbook', () => {
  it('names the log of a function that is deployed, in a pattern that CloudWatch takes', () => {
    expect(all.length).toBeGreaterThan(10);
    for (const { log, pattern } of all) {
      expect(['api', 'streaming-api', ...functions.values()]).toContain(log);
      expect(() => takes(pattern, '{}')).not.toThrow();
    }
  });

  it.each([
    ['throws', runtimeLines.invokeError('r1', new Error('Its environment is incomplete.'))],
    ['leaves an error uncaught', runtimeLines.uncaught('r1', new Error('lost'))],
    ['runs out of time', runtimeLines.timedOut('r1', 60)],
    ['runs out of memory', runtimeLines.exited('r1', 'signal: killed')],
    ['logs an error', '{"level":"ERROR","message":"The request failed."}'],
    ['logs what a person must see', '{"level":"CRITICAL","message":"A lead went …"}'],
  ])('for what is serious finds a function that %s', (_, line) => {
    expect(takes(serious(), line)).toBe(true);
  });

  it('for what is serious passes over what goes well, and what is tried again', () => {
    const again = '{"level":"WARN","message":"The reply failed and will be tried again."}';

    expect(takes(serious(), '{"level":"INFO","message":"Run started."}')).toBe(false);
    expect(takes(serious(), again)).toBe(false);
    const [trouble] = searchesOf('Work waits') as [Search];
    expect(takes(trouble.pattern, again)).toBe(true);
  });
});

describe('the search for failed requests', () => {
  const [, stage] = resourcesOf(template, 'AWS::ApiGatewayV2::Stage')[0] ?? [];
  const line = (status: number): string =>
    stage?.Properties.AccessLogSettings.Format.replace('$context.status', String(status));

  it('finds those that no function answered, whose error the API words with quotes', () => {
    const [search] = searchesOf('API fails') as [Search];
    const log = String(stage?.Properties.AccessLogSettings.Format)
      .replace('$context.status', '500')
      .replace('$context.error.messageString', '"Internal Server Error"')
      .replace('$context.error.message', 'Internal Server Error')
      .replaceAll(/\$context\.\w+/g, '-');

    expect(JSON.parse(log)).toMatchObject({ status: '500', error: 'Internal Server Error' });
    expect(takes(search.pattern, log)).toBe(true);
  });

  it.each([
    [500, true],
    [503, true],
    [404, false],
    [200, false],
  ])('reads the log as the API writes it: %i', (status, isFound) => {
    const [search] = searchesOf('API fails') as [Search];

    expect(search.log).toBe('api');
    expect(takes(search.pattern, line(status))).toBe(isFound);
  });
});

describe('what clears away a first deployment that failed', () => {
  it('names each table, which would be in the way of the next', () => {
    const names = resourcesOf(template, 'AWS::DynamoDB::Table').map(([, { Properties }]) =>
      bare(Properties.TableName),
    );

    const [, named = ''] = /for table in ([^;]+);/.exec(
      entryOf('The first deployment of production failed'),
    ) ?? [''];
    expect(named.split(' ').sort()).toEqual(names.sort());
  });
});

const metricOf = (line: string) => line.split(' ')[2];

describe('each figure that the runbook asks for', () => {
  it('is a metric of the product', () => {
    const counted = headings.flatMap((one) => linesOf(one, 'replies metric'));
    const timed = linesOf('Replies late', 'replies metric').map(metricOf);

    expect(counted.length).toBeGreaterThan(0);
    expect(metricNames).toEqual(expect.arrayContaining(counted.map(metricOf)));
    expect(timed.length).toBeGreaterThan(0);
    expect(timeMetrics).toEqual(expect.arrayContaining(timed));
  });

  it('is the age of a queue that is there, by its whole name', () => {
    const [line = ''] = linesOf('Work waits', 'replies metric');
    const fifo = queues.filter(({ FifoQueue }) => FifoQueue).map(({ QueueName }) => QueueName);

    expect(line).toBe('replies metric ApproximateAgeOfOldestMessage whatsapp-replies');
    // The one that `replies metric` gives the ending of a FIFO queue.
    expect(fifo.map(bare).filter((name) => !name.endsWith('-dlq'))).toEqual(['whatsapp-replies']);
  });
});

describe('the runbook', () => {
  const workers = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(
    ([, { Properties }]) => ({
      queue: bare(
        template.toJSON()['Resources'][String(referredBy(Properties.EventSourceArn))].Properties
          .QueueName,
      ),
      worker: functions.get(String(referredBy(Properties.FunctionName))),
    }),
  );

  it.each(workers)('says that $worker handles $queue', ({ queue, worker }) => {
    expect(entryOf('Work waits').replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`\`${queue}\` (is handled )?by \`${worker}\``),
    );
  });

  it('leads from each route of the API to its function', () => {
    const rows = [...entryOf('API fails').matchAll(/^\| (.+) \| `([\w-]+)` \|$/gm)].flatMap(
      ([, routes = '', name = '']) =>
        [...routes.matchAll(/`(?:(\w+) )?([^`]+)`/g)].map(([, method, path = '']) => ({
          method,
          path,
          name,
        })),
    );
    const named = (method: string, path: string) =>
      rows
        .filter((row) => (row.method ?? method) === method && path.startsWith(row.path))
        .sort((a, b) => b.path.length - a.path.length)[0]?.name;

    const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route');
    expect(routes.length).toBeGreaterThan(20);
    for (const [, { Properties }] of routes) {
      const [method = '', path = ''] = Properties.RouteKey.replace(platformPrefix, '').split(' ');
      const integration = Properties.Target['Fn::Join'][1][1].Ref;
      const uri = template.toJSON()['Resources'][integration].Properties.IntegrationUri;

      expect([method, path, named(method, path)]).toEqual([
        method,
        path,
        functions.get(String(referredBy(uri))),
      ]);
    }
  });
});
