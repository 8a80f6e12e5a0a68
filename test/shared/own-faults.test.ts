import { APIConnectionError } from 'openai';
import { describe, expect, it } from 'vitest';
import { mailbox } from '../../lambdas/email-deadlines/vendors/mailbox.ts';
import { publisher } from '../../lambdas/events/publisher.ts';
import { asEngineError, isOwnFault } from '../../lambdas/shared/errors.ts';
import { enqueue } from '../../lambdas/shared/queue/enqueue.ts';
import { storeCall } from '../../lambdas/shared/store/table.ts';
import { cachedSecret } from '../../lambdas/vendors/aws/secrets.ts';
import { publicFetch } from '../../lambdas/vendors/http/public-fetch.ts';
import { openAiFault } from '../../lambdas/vendors/openai/errors.ts';
import { receiver } from '../../lambdas/webhooks/vendors/receiver.ts';
import { nobodyHere } from '../support/reply-server.ts';

const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const bug = new TypeError("Cannot read properties of undefined (reading 'id')");
const named = (name: string) => Object.assign(new Error('1 validation error'), { name });
const client = (error: Error) => ({ send: () => Promise.reject(error) }) as never;

const event = {
  id: 'evt_12345678',
  type: 'lead.insight.created',
  tenant_id: 'acme',
  occurred_at: '2026-11-21T10:00:00.000Z',
  data: {},
} as never;

/** Each place where what a vendor's call throws is told apart, with the code of its outage. */
const calls: [string, (error: Error) => Promise<unknown>, string][] = [
  ['the store', (error) => storeCall('read', () => Promise.reject(error)), 'store'],
  [
    'a secret',
    (error) => cachedSecret(client(error), 'key', (text) => text, { now: () => 0 }).get(),
    'secret_unavailable',
  ],
  [
    'the event bus',
    (error) => publisher({ client: client(error), busName: 'bus' }).publish(event),
    'event_not_published',
  ],
  ['a queue', (error) => enqueue(client(error), 'https://sqs/queue', { body: {} }), 'queue'],
  [
    'a model',
    (error) =>
      Promise.reject(openAiFault(new APIConnectionError({ cause: error }), 'answer an email')),
    'openai_unreachable',
  ],
  [
    'a webhook’s receiver',
    (error) => {
      const parts = { fetcher: () => Promise.reject(error), timeoutMs: 9, now: () => 0 };
      return receiver(parts)('https://hooks.example', { headers: {}, body: '{}' });
    },
    'webhook_unreachable',
  ],
];

describe.each(calls)('a call of %s', (_, call, code) => {
  const failure = async (error: Error) =>
    asEngineError(await call(error).catch((thrown) => thrown));

  it('that finds nobody is an outage', async () => {
    expect((await failure(away)).code).toBe(code);
    expect((await failure(new TypeError('fetch failed', { cause: away }))).code).toBe(code);
  });

  it('that our own code breaks is not', async () => {
    expect((await failure(bug)).code).toBe('unexpected');
    expect((await failure(new RangeError('Invalid time value'))).code).toBe('unexpected');
  });
});

describe('a fault of our own', () => {
  it.each([
    ['a header that is none', () => fetch('http://127.0.0.1:1', { headers: { key: '注文' } })],
    ['a URL that is none', () => fetch('no url')],
    [
      'a header that is none, to a company’s own URL',
      () =>
        publicFetch()('https://example.com', {
          headers: { key: '注文' },
          signal: AbortSignal.timeout(100),
        }),
    ],
  ])('is %s', async (_, call) => {
    expect(isOwnFault(await call().catch((error: unknown) => error))).toBe(true);
  });

  it('is a request that DynamoDB finds malformed', async () => {
    const failing = storeCall('write', () => Promise.reject(named('ValidationException')));

    await expect(failing).rejects.toMatchObject({ code: 'unexpected' });
  });

  it('is not a server that is not there, nor one that breaks off or is too slow', async () => {
    const url = await nobodyHere();
    const refused = await fetch(url).catch((error: unknown) => error);
    const slow = new DOMException('The operation timed out.', 'TimeoutError');
    const terminated = new TypeError('terminated', { cause: new Error('other side closed') });

    expect([refused, terminated, slow, 'text', undefined].map(isOwnFault)).toEqual(
      Array(5).fill(false),
    );
  });

  it('is none of a mailbox that is away, though its key can be no header', async () => {
    const settings = {
      url: await nobodyHere(),
      apiKey: async () => '注文',
      renewKeys: async () => {},
      timeoutMs: 1_000,
    };
    const reply = { email_id: 'a', response: 'b', test_mode: true, idempotencyKey: '注文' };

    await expect(mailbox(settings).post(reply, 1_000)).rejects.toMatchObject({
      code: 'unexpected',
    });
    await expect(
      mailbox(settings).post({ ...reply, idempotencyKey: 'run:a' }, 1_000),
    ).resolves.toMatchObject({ kind: 'unavailable' });
  });
});
