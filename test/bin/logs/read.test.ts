import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cloudLogs, localLogs } from '../../../bin/logs/read.ts';
import { functionLogs, keptLines } from '../../../local/function-logs.ts';

const target = { stage: 'local', prefix: 'replies-engine' } as const;
const at = Date.UTC(2026, 10, 21, 10);
const line = (message: string, ms: number, level = 'INFO') =>
  JSON.stringify({ level, message, timestamp: new Date(at + ms).toISOString() });

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'logs-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const query = { pattern: '', since: 0, max: 100 };

describe('the logs of the local cloud', () => {
  const write = (...lines: string[]) => {
    const keep = functionLogs(folder);
    for (const one of lines) keep('replies-engine-receive-local', one);
  };
  const read = (more: Partial<typeof query> = {}) =>
    localLogs(target, folder)('receive', { ...query, ...more });

  it('are found by CloudWatch’s own patterns, by time, and the latest of them', async () => {
    write(line('old', 0, 'WARN'), line('good', 10_000), line('bad', 20_000, 'WARN'));

    expect(await read({ pattern: '?WARN ?ERROR' })).toHaveLength(2);
    expect(await read({ pattern: '{ $.level = "WARN" }', since: at + 5_000 })).toEqual([
      line('bad', 20_000, 'WARN'),
    ]);
    expect(await read({ max: 1 })).toEqual([line('bad', 20_000, 'WARN')]);
  });

  it('have a time for each line: its own, or that of the line before', async () => {
    const metrics = `{"_aws":{"Timestamp":${at + 9_000}},"RepliesSent":1}`;
    const crashed = 'RequestId: r1 Error: Runtime exited with error: signal: killed';
    write(line('old', 0), crashed, metrics, crashed);

    expect(await read({ since: at + 5_000 })).toEqual([metrics, crashed]);
  });

  it('are one list of all functions in the order of time, of which the latest are shown', async () => {
    const keep = functionLogs(folder);
    keep('replies-engine-receive-local', line('second', 2_000));
    keep('replies-engine-receive-local', line('fourth', 4_000));
    keep('replies-engine-authorizer-local', line('first', 1_000));
    keep('replies-engine-status-local', line('third', 3_000));

    const all = await localLogs(target, folder)('all', { ...query, max: 3 });

    expect(all).toEqual([line('second', 2_000), line('third', 3_000), line('fourth', 4_000)]);
  });

  it('are none of a function that has not run', async () => {
    expect(await read()).toBeUndefined();
  });

  it('are bounded, keep the latest, and only their owner may read them', () => {
    const keep = functionLogs(folder, 100);
    for (let n = 0; n < 50; n += 1) keep('f', `line ${n}`.padEnd(30, '.'));
    const files = ['f.log', 'f.log.1'].map((file) => path.join(folder, file));

    for (const file of files) {
      expect(readFileSync(file, 'utf8').length).toBeLessThanOrEqual(100);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    expect(keptLines(folder, 'f')?.at(-1)).toMatch(/^line 49\./);
  });
});

describe('the logs of a deployment', () => {
  const client = new CloudWatchLogsClient({ region: 'eu-central-1' });
  const mock = mockClient(client);
  const read = (name: string) =>
    cloudLogs({ stage: 'prod', prefix: 'acme' }, client)(name, { ...query, pattern: 'WARN' });

  it.each([
    ['receive', '/aws/lambda/acme-receive-prod'],
    ['api', '/aws/vendedlogs/acme-api-prod'],
    ['streaming-api', '/aws/vendedlogs/acme-streaming-api-prod'],
  ])('of %s are those of %s, page by page', async (name, logGroupName) => {
    mock
      .on(FilterLogEventsCommand, { logGroupName, filterPattern: 'WARN' })
      .resolvesOnce({ events: [{ message: 'one\n' }], nextToken: 'more' })
      .resolves({ events: [{ message: 'two' }] });

    expect(await read(name)).toEqual(['one', 'two']);
  });

  it('are none where the function has never run, or is not there', async () => {
    const missing = Object.assign(new Error('no'), { name: 'ResourceNotFoundException' });
    mock.reset();
    mock.on(FilterLogEventsCommand).rejects(missing as never);

    expect(await read('receive')).toBeUndefined();
  });

  it('refuse in one line a pattern that CloudWatch does not take', async () => {
    const wrong = Object.assign(new Error('Invalid character'), {
      name: 'InvalidParameterException',
    });
    mock.reset();
    mock.on(FilterLogEventsCommand).rejects(wrong as never);

    await expect(read('receive')).rejects.toThrow('CloudWatch does not take that');
  });
});
