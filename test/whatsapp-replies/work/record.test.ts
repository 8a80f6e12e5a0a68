import { describe, expect, it } from 'vitest';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import { aQueuedMessage, queuedMessages } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld } from '../../support/reply-world.ts';

describe('record that cannot be written', () => {
  it('lets the answered message go, tells a person all ids, and is never sent again', async () => {
    const world = aWorld();
    const { recordReply } = world.store;
    world.store.recordReply = () => Promise.reject(retryLater('store', 'No answer.'));

    const result = await world.answers(queuedMessages(1));
    world.store.recordReply = recordReply;
    world.clock.pass(71_000);
    await world.answers(queuedMessages(1));

    expect(result).toEqual({ dead: [] });
    expect(world.messenger.bodies).toEqual(['Answer 1 to: Question 1?']);
    expect(world.meter.counts).toMatchObject({ RepliesNotRecorded: 1 });
    expect(world.log.at('critical').map(({ details }) => details)).toMatchObject([
      {
        company_id: 'acme',
        conversation_id: 'conv-1',
        turn_id: 'SM1',
        message_sids: ['SMout1'],
      },
    ]);
    expect(world.store.turn('SM1')?.state).toBe('recorded');
  });

  it('lets the message go too when only the last part could not be recorded as sent', async () => {
    const world = aWorld({ callbacks: false });
    const { saveTurn } = world.store;
    world.store.saveTurn = async (turn) => {
      if (turn.parts[0]?.state === 'sent') throw retryLater('store', 'No answer.');
      return saveTurn(turn);
    };

    const result = await world.answers(queuedMessages(1));
    world.store.saveTurn = saveTurn;
    world.clock.pass(71_000);
    await world.answers(queuedMessages(1));

    expect(result).toEqual({ dead: [] });
    expect(world.log.at('critical')[0]?.details).toMatchObject({ message_sids: ['SMout1'] });
    expect(world.messenger.bodies).toHaveLength(1);
  });
});

describe('thread', () => {
  it('continues with the conversation, and starts again with its history when the vendor lost it', async () => {
    const world = aWorld();
    await world.answers([aQueuedMessage(1)]);
    await world.answers([aQueuedMessage(2)]);
    world.assistant.lose('thread-1');

    await deliverAll(world, [aQueuedMessage(3)]);

    expect(world.assistant.runs.map(({ threadId }) => threadId)).toEqual([
      'thread-1',
      'thread-1',
      'thread-2',
    ]);
    expect(world.assistant.threads[1]?.history).toEqual([
      { role: 'user', content: 'Question 1?' },
      { role: 'assistant', content: 'Answer 1 to: Question 1?' },
      { role: 'user', content: 'Question 2?' },
      { role: 'assistant', content: 'Answer 2 to: Question 2?' },
    ]);
    expect(world.store.summary()).toMatchObject({ thread_id: 'thread-2' });
  });

  it('is the one that the queue message names when we know of none', async () => {
    const world = aWorld();

    await world.answers([{ ...aQueuedMessage(1), thread_id: 'thread-of-old' }]);

    expect(world.assistant.threads).toEqual([]);
    expect(world.assistant.runs[0]?.threadId).toBe('thread-of-old');
    expect(world.store.summary()).toMatchObject({ thread_id: 'thread-of-old' });
  });
});
