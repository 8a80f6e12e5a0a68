import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { alertPerson, discardWork, retryLater } from '../../../lambdas/shared/errors.ts';
import { type ConsumeOptions, consume } from '../../../lambdas/shared/queue/consume.ts';
import { done, type Outcome } from '../../../lambdas/shared/queue/outcome.ts';
import { consumerParts, receivedFor, staysOf } from '../../support/consumer.ts';
import { aRecord } from '../../support/sqs-event.ts';

const schema = z.object({ tenant: z.string(), n: z.number() });
type Message = z.output<typeof schema>;
type Each = Extract<ConsumeOptions<Message>, { handle: unknown }>;

const limits = { maxAttempts: 5, outageAttempts: 15 };
const aMessage = (n: number, tenant = 'acme'): Message => ({ tenant, n });

function aConsumer(options: Partial<Each> = {}, full: string[] = []) {
  const { parts, ...seen } = consumerParts({ full });
  const handled: number[] = [];
  const consumer = consume(parts, {
    schema,
    order: 'parallel',
    limits,
    idsOf: ({ tenant, n }) => ({ tenant, name: `n${n}` }),
    failed: 'A message could not be handled.',
    tenantOf: ({ tenant }) => tenant,
    ...options,
    async handle(delivery, invocation) {
      handled.push(delivery.message.n);
      return (await options.handle?.(delivery, invocation)) ?? done;
    },
  });
  return {
    ...seen,
    handled,
    takes: (...records: Parameters<typeof staysOf>[1]) => staysOf(consumer, records),
  };
}

const failing = (error: Error) => ({ handle: () => Promise.reject(error) });
const broken = retryLater('broken', 'It is broken.');

describe('a batch of a standard queue', () => {
  it('is done where each message is', async () => {
    const { takes, handled, queue } = aConsumer();

    expect(await takes(aRecord('r1', aMessage(1)), aRecord('r2', aMessage(2)))).toEqual([]);

    expect(handled).toEqual([1, 2]);
    expect([queue.returned, queue.dead, queue.deleted]).toEqual([[], [], []]);
  });

  it('may be empty', async () => {
    expect(await aConsumer().takes()).toEqual([]);
  });

  it('is handled at the same time', async () => {
    const { promise: second, resolve } = Promise.withResolvers<void>();
    const { takes } = aConsumer({
      async handle({ message }) {
        if (message.n === 2) resolve();
        await second;
        return done;
      },
    });

    expect(await takes(aRecord('r1', aMessage(1)), aRecord('r2', aMessage(2)))).toEqual([]);
  });

  it('names those alone that must come back', async () => {
    const { takes, queue } = aConsumer({
      handle: async ({ message }) => {
        if (message.n === 2) throw broken;
        return done;
      },
    });

    const stays = await takes(...[1, 2, 3].map((n) => aRecord(`r${n}`, aMessage(n))));

    expect(stays).toEqual(['r2']);
    expect(queue.returned).toEqual([{ ids: ['r2'], seconds: 2 }]);
  });
});

describe('a message that waits', () => {
  it('comes back after its time, and has not failed', async () => {
    const waiting: Outcome = { kind: 'retry', afterSeconds: 42 };
    const { takes, queue, log } = aConsumer({ handle: async () => waiting });

    expect(await takes(receivedFor(999, aRecord('r1', aMessage(1))))).toEqual(['r1']);

    expect(queue.returned).toEqual([{ ids: ['r1'], seconds: 42 }]);
    expect(log.lines).toEqual([]);
  });
});

describe('a message that fails', () => {
  it('comes back later the more often it was tried', async () => {
    const { takes, queue } = aConsumer(failing(broken));

    for (const tries of [1, 2, 3, 4]) await takes(receivedFor(tries, aRecord('r', aMessage(1))));

    expect(queue.returned.map(({ seconds }) => seconds)).toEqual([2, 3, 6, 12]);
  });

  it('comes back no sooner than who failed has asked', async () => {
    const busy = retryLater('busy', 'Busy.', { retryAfterSeconds: 777 });
    const { takes, queue } = aConsumer(failing(busy));

    await takes(aRecord('r1', aMessage(1)));

    expect(queue.returned).toMatchObject([{ seconds: 777 }]);
  });

  it('comes back after the pause that its consumer has chosen', async () => {
    const { takes, queue } = aConsumer({ ...failing(broken), pause: (tries) => tries * 100 });

    await takes(receivedFor(3, aRecord('r1', aMessage(1))));

    expect(queue.returned).toMatchObject([{ seconds: 300 }]);
  });

  it('is told of in the log by its ids, its tries and the reason', async () => {
    const { takes, log } = aConsumer(failing(broken));

    await takes(receivedFor(2, aRecord('r1', aMessage(7))));

    expect(log.at('warn')).toMatchObject([
      {
        message: 'A message could not be handled.',
        details: {
          record_id: 'r1',
          tenant: 'acme',
          name: 'n7',
          error_code: 'broken',
          tries: 2,
          after_seconds: 3,
        },
      },
    ]);
  });

  it('comes back by itself where its pause cannot be set', async () => {
    const { takes, queue, log } = aConsumer(failing(broken));
    queue.refuses.add('return');

    expect(await takes(aRecord('r1', aMessage(1)))).toEqual(['r1']);

    expect(log.at('warn').map(({ message }) => message)).toContain(
      'The backoff could not be set; the visibility timeout runs its course.',
    );
  });

  it('is tried as often as its limits allow, and longer while somebody is away', async () => {
    const lives = async (error: Error, tries: number) =>
      (await aConsumer(failing(error)).takes(receivedFor(tries, aRecord('r1', aMessage(1)))))
        .length > 0;
    const away = retryLater('store', 'DynamoDB is away.');

    expect([await lives(broken, 4), await lives(broken, 5)]).toEqual([true, false]);
    expect([await lives(away, 14), await lives(away, 15)]).toEqual([true, false]);
  });

  it('counts the tries of the message that it is a copy of', async () => {
    const { takes, queue } = aConsumer(failing(broken));
    const copy = aRecord('r1', aMessage(1));
    copy.messageAttributes = {
      tries_before: { dataType: 'Number', stringValue: '4' },
    } as unknown as typeof copy.messageAttributes;

    expect(await takes(copy)).toEqual([]);

    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'broken' }]);
  });

  it('is what its consumer says otherwise', async () => {
    const { takes, queue } = aConsumer({
      ...failing(broken),
      onFailure: async (_delivery, { kind }) => (kind === 'dead' ? done : undefined),
    });

    expect(await takes(aRecord('r1', aMessage(1)))).toEqual(['r1']);
    expect(await takes(receivedFor(5, aRecord('r2', aMessage(2))))).toEqual([]);

    expect(queue.dead).toEqual([]);
  });

  it('comes back where its consumer cannot say, however often it was tried', async () => {
    const { takes, queue } = aConsumer({
      ...failing(broken),
      onFailure: () => Promise.reject(new Error('The store is away.')),
    });

    expect(await takes(receivedFor(5, aRecord('r1', aMessage(1))))).toEqual(['r1']);

    expect(queue.dead).toEqual([]);
  });
});

describe('a message that can never succeed', () => {
  it('goes to the dead letters at once, as it is, with the reason', async () => {
    const { takes, queue, counts, log } = aConsumer(failing(discardWork('useless', 'No use.')));

    expect(await takes(aRecord('r1', aMessage(1)))).toEqual([]);

    const body = JSON.stringify(aMessage(1));
    expect(queue.dead).toEqual([{ id: 'r1', code: 'useless', reason: 'No use.', body }]);
    expect(queue.returned).toEqual([]);
    expect(counts).toEqual({ DeadLettered: 1 });
    expect(log.at('error')).toMatchObject([
      { message: 'A message went to the dead-letter queue.', details: { record_id: 'r1' } },
    ]);
  });

  it('makes a person look where one must', async () => {
    const { takes, log } = aConsumer(failing(alertPerson('unknown', 'Nobody knows it.')));

    await takes(aRecord('r1', aMessage(1)));

    expect(log.at('critical')).toMatchObject([{ details: { name: 'n1', error_code: 'unknown' } }]);
  });

  it('stays where it is while the dead letters take nothing', async () => {
    const { takes, queue, counts, log } = aConsumer(failing(discardWork('useless', 'No use.')));
    queue.refuses.add('dead letter');

    expect(await takes(aRecord('r1', aMessage(1)))).toEqual(['r1']);

    expect(counts).toEqual({});
    expect(log.at('error')).toMatchObject([
      { message: 'The dead-letter queue took no message; it stays where it is.' },
    ]);
  });
});

describe('a malformed message', () => {
  it.each([
    ['no JSON', 'Quetzal wrote', 'it is not JSON'],
    ['empty', '', 'it is not JSON'],
    ['null', 'null', 'the message is missing or malformed'],
    ['a list', '[]', 'the message is missing or malformed'],
    ['without its fields', {}, 'tenant is missing or malformed; n is missing or malformed'],
    ['of another type', { tenant: 'Quetzal', n: 'Quetzal' }, 'n is missing or malformed'],
  ])('goes to the dead letters without delay where it is %s', async (_, body, fault) => {
    const { takes, queue, handled, log } = aConsumer({}, ['acme']);

    expect(await takes(aRecord('r1', body))).toEqual([]);

    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'malformed_message' }]);
    expect(queue.dead[0]?.reason).toBe(`The queue message is malformed: ${fault}.`);
    expect(handled).toEqual([]);
    expect(log.lines).toMatchObject([{ level: 'error', details: { record_id: 'r1' } }]);
    expect(JSON.stringify(log.lines)).not.toContain('Quetzal');
  });

  it('leaves the others of its batch unaffected', async () => {
    const { takes, handled } = aConsumer();

    expect(await takes(aRecord('r1', 'nonsense'), aRecord('r2', aMessage(2)))).toEqual([]);

    expect(handled).toEqual([2]);
  });
});

describe('a tenant that has its share of the workers', () => {
  it('waits behind the others while another is handled, and its waiting is no try', async () => {
    const { takes, handled, queue, counts } = aConsumer({}, ['flood']);

    const stays = await takes(
      receivedFor(3, aRecord('r1', aMessage(1, 'flood'))),
      aRecord('r2', aMessage(2)),
    );

    expect([stays, handled]).toEqual([[], [2]]);
    const body = JSON.stringify(aMessage(1, 'flood'));
    expect(queue.copies).toEqual([{ body, seconds: 1, tries: 2 }]);
    expect(counts).toEqual({ WaitedForShare: 1 });
  });

  it('has its message come back by itself where no copy can be sent', async () => {
    const { takes, queue, log } = aConsumer({}, ['flood']);
    queue.refuses.add('copy');

    expect(await takes(aRecord('r1', aMessage(1, 'flood')))).toEqual(['r1']);

    expect(log.at('warn')).toMatchObject([{ details: { record_id: 'r1', tries: 1 } }]);
  });
});
