import { describe, expect, it } from 'vitest';
import { alertPerson, discardWork, retryLater } from '../../../lambdas/shared/errors.ts';
import { done } from '../../../lambdas/shared/queue/outcome.ts';
import { receivedFor } from '../../support/consumer.ts';
import { aRecord } from '../../support/sqs-event.ts';
import { aConsumer, aMessage, broken, failing } from './consuming.ts';

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
      'The backoff could not be set; the message comes back after the visibility timeout.',
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
      { message: 'The dead-letter queue did not accept the message; it stays in its queue.' },
    ]);
  });
});
