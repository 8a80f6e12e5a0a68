import { describe, expect, it } from 'vitest';
import type { Message } from '../../../lambdas/conversations/conversation.ts';
import { TestProcess } from '../../support/crash.ts';
import { aQueuedMessage, queuedMessages } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld, type World, type WorldOptions } from '../../support/reply-world.ts';

const key = { tenant_id: 'acme', conversation_id: 'conv-1' };
const ada = 'user:ada';

const takesOver = ({ store }: World) => store.log.setHandling(key, { handling: 'person', by: ada });
const handsBack = ({ store }: World) =>
  store.log.setHandling(key, { handling: 'automatic', by: ada });
const logOf = ({ store }: World): Promise<Message[]> => store.log.latest(key, 100);

/** A message of a person that is in the log already, as after it was sent. */
async function writes({ store }: World, text: string): Promise<void> {
  const message = { message_id: `msg_${text}`, role: 'person', text, author: { id: ada } } as const;
  await store.log.append(key, [message], { after: 0 });
}

const threeParts: WorldOptions['answer'] = ({ n }) => ({
  kind: 'answered',
  text: [1, 2, 3].map((part) => `Part ${part} of run ${n} ${'x'.repeat(1500)}`).join('\n\n'),
});

/** A process before whose nth call something happens. */
const happening = (nth: number, what: () => Promise<unknown>) => {
  let calls = 0;
  return new TestProcess([], async (call) => {
    calls += 1;
    if (calls === nth) await what();
    return call();
  });
};

describe('a conversation that a person has', () => {
  it('keeps what the customer writes, and is not answered', async () => {
    const world = aWorld();
    await world.answers([aQueuedMessage(1)]);
    await takesOver(world);

    const dead = await deliverAll(world, [aQueuedMessage(2), aQueuedMessage(3)]);

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toHaveLength(1);
    expect(world.assistant.runs).toHaveLength(1);
    expect(world.store.turn('SM2')).toMatchObject({ state: 'recorded', outcome: 'held' });
    expect((await logOf(world)).map(({ text, event }) => event ?? text)).toEqual([
      'Question 1?',
      'Answer 1 to: Question 1?',
      'taken_over',
      'Question 2?',
      'Question 3?',
    ]);
  });

  it('is not answered either while its customer waits for one', async () => {
    const world = aWorld();
    await world.answers([aQueuedMessage(1)]);
    await world.store.log.setHandling(key, { handling: 'waiting', by: 'customer:1' });

    await world.answers([aQueuedMessage(2)]);

    expect(world.messenger.bodies).toHaveLength(1);
    expect(world.store.turn('SM2')).toMatchObject({ outcome: 'held' });
  });

  it('is an agent’s again after handback, who then knows what was written meanwhile', async () => {
    const world = aWorld();
    await world.answers([aQueuedMessage(1)]);
    await takesOver(world);
    await world.answers([aQueuedMessage(2)]);
    await writes(world, 'Ada here: it is on its way.');
    await handsBack(world);

    await world.answers([aQueuedMessage(3)]);

    const [first, second] = world.assistant.threads;
    expect(world.assistant.runs.map(({ threadId }) => threadId)).toEqual([first?.id, second?.id]);
    expect(second?.history).toEqual([
      { role: 'user', content: 'Question 1?' },
      { role: 'assistant', content: 'Answer 1 to: Question 1?' },
      { role: 'user', content: 'Question 2?' },
      { role: 'assistant', content: 'Ada here: it is on its way.' },
    ]);
    expect(world.messenger.bodies).toHaveLength(2);
  });

  it('continues in its thread where the customer wrote nothing and neither did the person', async () => {
    const world = aWorld();
    await world.answers([aQueuedMessage(1)]);
    await world.answers([aQueuedMessage(2)]);
    await world.answers([aQueuedMessage(3)]);

    expect(new Set(world.assistant.runs.map(({ threadId }) => threadId)).size).toBe(1);
  });

  it('is known to the model also where a person wrote and handed back between two messages', async () => {
    const world = aWorld();
    await world.answers([aQueuedMessage(1)]);
    await takesOver(world);
    await writes(world, 'Call me.');
    await handsBack(world);

    await world.answers([aQueuedMessage(2)]);

    expect(world.assistant.threads.at(-1)?.history.at(-1)).toEqual({
      role: 'assistant',
      content: 'Call me.',
    });
  });
});

describe('a takeover while an answer is made', () => {
  const messages = queuedMessages(2);

  async function takenOverBefore(nth: number) {
    const world = aWorld({ answer: threeParts });
    let sentBefore: number | undefined;
    const process = happening(nth, async () => {
      if (await takesOver(world)) sentBefore = world.messenger.sent.length;
    });
    expect(await deliverAll(world, messages, [{ process }])).toEqual([]);
    return { world, sentBefore, calls: process.calls };
  }

  it('is followed by no automatic message in the conversation, at whatever point it comes', async () => {
    const whole = await takenOverBefore(Number.POSITIVE_INFINITY);
    expect(whole.world.messenger.sent).toHaveLength(3);

    for (let nth = 1; nth <= whole.calls; nth += 1) {
      const { world, sentBefore } = await takenOverBefore(nth);
      const log = await logOf(world);
      const taken = log.findIndex(({ event }) => event === 'taken_over');
      const ours = log.filter(({ role }) => role === 'assistant');

      expect(taken === -1, `call ${nth}`).toBe(sentBefore === undefined);
      if (sentBefore === undefined) continue;
      expect(
        log.slice(taken).map(({ role }) => role),
        `call ${nth}`,
      ).not.toContain('assistant');
      // What stood before it when it came, and only that, went out.
      const bodies = ours.map(({ text }) => text);
      expect(world.messenger.bodies, `call ${nth}`).toEqual(bodies);
      expect(world.messenger.sent.length - sentBefore, `call ${nth}`).toBeLessThanOrEqual(1);
      expect(log.filter(({ role }) => role === 'user')).toHaveLength(2);
    }
  });

  it('leaves the answer out of what the model knows after handback', async () => {
    const world = aWorld({ answer: threeParts });
    const process = happening(9, () => takesOver(world));
    await deliverAll(world, messages, [{ process }]);
    await handsBack(world);

    await world.answers([aQueuedMessage(3)]);

    const sent = world.messenger.bodies.slice(0, -3);
    const known = world.assistant.threads.at(-1)?.history.filter(({ role }) => role !== 'user');
    expect(known?.map(({ content }) => content)).toEqual(sent);
  });

  it('ends a reply that a crash has cut, wherever it was cut', async () => {
    for (let call = 5; call <= 30; call += 1) {
      const world = aWorld({ answer: threeParts });
      const process = new TestProcess([{ call, effect: 'after' }]);
      await process.outcome(world.answers(messages, { process })).catch(() => undefined);
      world.clock.pass(71_000);
      const isTaken = await takesOver(world);
      const before = world.messenger.sent.length;

      await deliverAll(world, messages);

      if (!isTaken) continue;
      expect(world.messenger.sent.length, `call ${call}`).toBe(before);
      const log = await logOf(world);
      const failed = log.filter(({ delivery }) => delivery?.status === 'failed');
      const unsent = log.filter(
        ({ role, text }) => role === 'assistant' && !world.messenger.bodies.includes(text),
      );
      expect(
        failed.map(({ text }) => text),
        `call ${call}`,
      ).toEqual(unsent.map(({ text }) => text));
    }
  });
});
