import { describe, expect, it } from 'vitest';
import type { Message } from '../../../lambdas/conversations/conversation.ts';
import { messageOf } from '../../../lambdas/whatsapp-replies/work/delivery.ts';
import { atEachCrashPoint, crashPoints, TestProcess } from '../../support/crash.ts';
import { aPersonMessage, aQueuedMessage } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld, type World } from '../../support/reply-world.ts';

const key = { tenant_id: 'acme', conversation_id: 'conv-1' };
const logOf = ({ store }: World): Promise<Message[]> => store.log.latest(key, 100);
const textsOf = async (world: World) =>
  (await logOf(world)).map(({ text, event }) => event ?? text);

/** A conversation that Ada has taken over after its first answer. */
async function takenOver(options = {}) {
  const world = aWorld(options);
  await world.answers([aQueuedMessage(1)]);
  await world.store.log.setHandling(key, { handling: 'person', by: 'user:ada' });
  const answered = world.messenger.sent.length;
  return { world, bodies: () => world.messenger.bodies.slice(answered) };
}

const long = [1, 2, 3].map((n) => `Paragraph ${n} ${'x'.repeat(1_400)}`).join('\n\n');

describe('a message of a person', () => {
  it('goes to the customer while a person has the conversation, as it was written', async () => {
    const { world, bodies } = await takenOver();

    await world.answers([aPersonMessage(1, ' *Hello*\r\n[there](x) ')]);

    expect(bodies()).toEqual(['*Hello*\n[there](x)']);
    expect(world.messenger.sent.at(-1)?.message).toMatchObject({
      to: 'whatsapp:+15551230001',
      from: 'whatsapp:+14155238886',
    });
    expect((await logOf(world)).at(-1)).toMatchObject({
      message_id: 'msg_1',
      role: 'person',
      author: { id: 'user:ada', name: 'Ada' },
      delivery: { status: 'queued' },
    });
    expect(world.counted).toEqual(['SM1']);
  });

  it('that is in the conversation already is not written again', async () => {
    const { world, bodies } = await takenOver();
    const { after, ...written } = aPersonMessage(1).outbound;
    await world.store.log.append(key, [{ ...written, role: 'person' }], { after });

    await world.answers([aPersonMessage(1)]);

    expect(await textsOf(world)).toEqual([
      'Question 1?',
      'Answer 1 to: Question 1?',
      'taken_over',
      'Ada’s message 1.',
    ]);
    expect(bodies()).toEqual(['Ada’s message 1.']);
  });

  it('keeps its place between what the customer writes, and is answered by nobody', async () => {
    const { world, bodies } = await takenOver();

    await world.answers([
      aQueuedMessage(2),
      aPersonMessage(1),
      aQueuedMessage(3),
      aQueuedMessage(4),
      aPersonMessage(2),
    ]);

    expect(bodies()).toEqual(['Ada’s message 1.', 'Ada’s message 2.']);
    expect((await textsOf(world)).slice(3)).toEqual([
      'Question 2?',
      'Ada’s message 1.',
      'Question 3?',
      'Question 4?',
      'Ada’s message 2.',
    ]);
    expect(world.assistant.runs).toHaveLength(1);
  });

  it('is sent in parts where it is long, and is one message of the conversation', async () => {
    const { world, bodies } = await takenOver();

    await world.answers([aPersonMessage(1, long)]);

    expect(bodies()).toHaveLength(3);
    expect(bodies().join('\n\n')).toBe(long);
    expect((await logOf(world)).filter(({ role }) => role === 'person')).toMatchObject([
      { text: long },
    ]);
  });

  it('does not go to a customer who has opted out, and says that it has failed', async () => {
    const { world, bodies } = await takenOver();
    world.store.optOut(aQueuedMessage().customer);

    await world.answers([aPersonMessage(1)]);

    expect(bodies()).toEqual([]);
    expect((await logOf(world)).at(-1)).toMatchObject({
      message_id: 'msg_1',
      delivery: { status: 'failed' },
    });
  });

  it('that Twilio refuses has failed, with its code', async () => {
    const { world } = await takenOver();
    world.messenger.plan({ kind: 'rejected', errorCode: 63_016 });

    await world.answers([aPersonMessage(1)]);

    expect((await logOf(world)).at(-1)).toMatchObject({
      message_id: 'msg_1',
      delivery: { status: 'failed', error_code: 63_016 },
    });
  });

  it('is sent once and written once, wherever its process dies', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const { world, bodies } = await takenOver();

      const dead = await deliverAll(
        world,
        [aPersonMessage(1), aPersonMessage(2, long)],
        [{ process }],
      );

      expect(dead).toEqual([]);
      expect(bodies()).toEqual(['Ada’s message 1.', ...long.split('\n\n')]);
      expect((await textsOf(world)).slice(3)).toEqual(['Ada’s message 1.', long]);
    });
    expect(calls).toBeGreaterThan(15);
  });

  it.each(['lost', 'vanished'] as const)(
    'is sent once where Twilio’s answer is %s',
    async (plan) => {
      for (const point of crashPoints(16)) {
        const { world, bodies } = await takenOver({ callbacks: false });
        world.messenger.plan(plan);

        await deliverAll(world, [aPersonMessage(1)], [{}, { process: new TestProcess([point]) }]);

        expect(bodies()).toEqual(['Ada’s message 1.']);
      }
    },
  );

  it('waits for no model: a run that has not ended is given up for it', async () => {
    const world = aWorld({ answer: () => ({ kind: 'answered', text: 'Late', takesMs: 200_000 }) });
    const messages = [aQueuedMessage(1)];
    const { unfinished } = await world.answers(messages);
    world.clock.pass((unfinished?.afterSeconds ?? 0) * 1000);
    await world.store.log.setHandling(key, { handling: 'person', by: 'user:ada' });

    await world.answers([...messages, aPersonMessage(1)]);

    expect(world.messenger.bodies).toEqual(['Ada’s message 1.']);
    expect(world.assistant.runs).toMatchObject([{ cancelled: true }]);
    expect(world.store.turn('SM1')).toMatchObject({ state: 'recorded', outcome: 'held' });
  });
});

describe('the key of a part', () => {
  it.each([
    ['2026-11-21T10:00:02.000Z#SM1.01', '2026-11-21T10:00:02.000Z#SM1.01', true],
    ['person#msg_1.01of02', 'msg_1', false],
    ['person#msg_1.02of02', 'msg_1', true],
    ['person#a.01of02.02of02', 'a.01of02', true],
  ])('%s is of the message %s', (messageKey, message_id, isLast) => {
    expect(messageOf(messageKey)).toEqual({ message_id, isLast });
  });
});
