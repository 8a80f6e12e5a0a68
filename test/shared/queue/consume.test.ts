import { describe, expect, it } from 'vitest';
import { done, type Outcome } from '../../../lambdas/shared/queue/outcome.ts';
import { receivedFor } from '../../support/consumer.ts';
import { aRecord } from '../../support/sqs-event.ts';
import { aConsumer, aMessage, broken } from './consuming.ts';

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
