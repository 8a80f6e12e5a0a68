import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { lambda, meteredLambda, worker } from '../../lambdas/shared/lambda.ts';
import { recordedConsole } from '../support/log.ts';
import { anSqsEvent, aRecord } from '../support/sqs-event.ts';
import { aContext } from '../whatsapp-replies/invoking.ts';

const environment = z.object({ QUEUE_URL: z.string() });
const nothing = z.object({});

describe('a function', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** The lines that are written while it runs. */
  const linesHere = () => {
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    return recordedConsole();
  };

  it('is made at its first event, from its environment, and kept', async () => {
    vi.stubEnv('QUEUE_URL', 'https://sqs.example/work');
    let made = 0;
    const handler = lambda('test', environment, ({ env }) => {
      made += 1;
      return async (event: string) => `${event} ${env.QUEUE_URL}`;
    });
    const before = made;

    const answers = [await handler('one', aContext()), await handler('two', aContext())];

    expect([before, made]).toEqual([0, 1]);
    expect(answers).toEqual(['one https://sqs.example/work', 'two https://sqs.example/work']);
  });

  it('fails by an error that names what is missing of its environment, until it is there', async () => {
    vi.stubEnv('QUEUE_URL', '');
    const handler = lambda('test', environment, () => async () => 'done');

    await expect(handler('one', aContext())).rejects.toThrow('QUEUE_URL is missing');
    vi.stubEnv('QUEUE_URL', 'https://sqs.example/work');
    expect(await handler('two', aContext())).toBe('done');
  });

  it('names its invocation in its log, and writes its metrics even where it fails', async () => {
    const lines = linesHere();
    const handler = meteredLambda('test', nothing, ({ log, meter }) => async () => {
      log.info('Here.');
      meter.count('MessagesSent');
      throw new Error('It fails.');
    });

    await expect(handler({}, aContext())).rejects.toThrow('It fails.');

    expect(lines.join('\n')).toContain('"MessagesSent":1');
    expect(lines.join('\n')).toContain('request-1');
  });
});

describe('a worker', () => {
  it('hands its records to its consumer, with the invocation that they are in', async () => {
    const handler = worker('test', nothing, () => async (records, { owner, remainingMs }) => ({
      batchItemFailures: records.map(({ messageId }) => ({
        itemIdentifier: `${messageId} ${owner} ${remainingMs()}`,
      })),
    }));

    const response = await handler(anSqsEvent(aRecord('r1', {})), aContext(5_000));

    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'r1 request-1 5000' }]);
  });
});
