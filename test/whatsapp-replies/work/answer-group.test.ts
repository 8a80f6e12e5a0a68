import { describe, expect, it } from 'vitest';
import { alertPerson, discardWork } from '../../../lambdas/shared/errors.ts';
import { limits } from '../../../lambdas/whatsapp-replies/limits.ts';
import type { Outcome } from '../../support/reply-assistant.ts';
import { anInbound, aQueuedMessage, aTurn, queuedMessages } from '../../support/reply-builders.ts';
import { aWorld } from '../../support/reply-world.ts';

const failing =
  (reason: string, next: 'retry' | 'alert' = 'retry') =>
  (): Outcome => ({
    kind: 'failed',
    reason,
    next,
  });

describe('messages that wait together', () => {
  it('are answered by one run and one reply', async () => {
    const world = aWorld();

    const result = await world.answers(queuedMessages(3));

    expect(result).toEqual({ dead: [] });
    expect(world.assistant.runs.map(({ texts }) => texts)).toEqual([
      ['Question 1?', 'Question 2?', 'Question 3?'],
    ]);
    expect(world.messenger.bodies).toEqual(['Answer 1 to: Question 1? Question 2? Question 3?']);
    expect(world.store.summary()).toMatchObject({
      message_count: 3,
      last_user_message: 'Question 1?\nQuestion 2?\nQuestion 3?',
      last_ai_response: world.messenger.bodies[0],
      last_message_sid: 'SMout1',
    });
  });

  it('are one message when they carry the same SID', async () => {
    const world = aWorld();
    const twice = [aQueuedMessage(1), aQueuedMessage(1)];

    const result = await world.answers(twice);

    expect(result).toEqual({ dead: [] });
    expect(world.messenger.bodies).toEqual(['Answer 1 to: Question 1?']);
    expect(world.store.summary()).toMatchObject({ message_count: 1 });
  });

  it('show the customer that the newest of them is being answered', async () => {
    const world = aWorld();

    await world.answers(queuedMessages(2));

    expect(world.messenger.typing).toEqual(['SM2']);
  });

  it('are named on the log lines by the turn that answers them, in order', async () => {
    const named: string[] = [];
    const logTurn = ({ turn_id }: { turn_id: string }) => void named.push(turn_id);
    const world = aWorld({ ports: { logTurn } });
    world.store.put(aTurn({ inputs: queuedMessages(1).map(({ inbound }) => inbound) }));

    await world.answers(queuedMessages(2));

    expect(named).toEqual(['SM1', 'SM2']);
  });

  it('stay together with a turn that was begun before, and later ones get their own', async () => {
    const world = aWorld();
    world.store.put(aTurn({ inputs: queuedMessages(2).map(({ inbound }) => inbound) }));

    await world.answers(queuedMessages(3));

    expect(world.assistant.runs.map(({ texts }) => texts)).toEqual([
      ['Question 1?', 'Question 2?'],
      ['Question 3?'],
    ]);
  });

  it('leave out one that already has a turn of its own', async () => {
    const world = aWorld();
    world.store.put(aTurn({ inputs: [anInbound({ message_sid: 'SM2', text: 'Question 2?' })] }));

    await world.answers(queuedMessages(2));

    expect(world.assistant.runs.map(({ texts }) => texts)).toEqual([
      ['Question 1?'],
      ['Question 2?'],
    ]);
  });

  it('of other companies never meet, whatever their ids', async () => {
    const world = aWorld();
    const foreign = { ...aQueuedMessage(1), company_id: 'other' };

    await world.answers([aQueuedMessage(1)]);
    await world.answers([foreign]);

    expect(world.assistant.threads).toEqual([
      { id: 'thread-1', history: [] },
      { id: 'thread-2', history: [] },
    ]);
    expect(world.messenger.sent).toHaveLength(2);
  });
});

describe('message that fails', () => {
  it('stays in the queue with all later ones, for a backoff that grows', async () => {
    const world = aWorld({ answer: failing('server_error') });

    const waits: (number | undefined)[] = [];
    for (let n = 0; n < 4; n += 1) {
      const { unfinished } = await world.answers(queuedMessages(2));
      expect(unfinished?.messages).toEqual(queuedMessages(2));
      waits.push(unfinished?.afterSeconds);
    }

    expect(waits).toEqual([2, 3, 6, 12]);
    expect(world.messenger.sent).toEqual([]);
  });

  it('is kept with its tries, its death and its return, and each line says what happens next', async () => {
    let cured = false;
    const broken = failing('server_error');
    const world = aWorld({
      answer: () => (cured ? { kind: 'answered', text: 'Here.' } : broken()),
    });
    let result = await world.answers([aQueuedMessage(1)]);
    while (result.dead.length === 0) result = await world.answers([aQueuedMessage(1)]);
    const history = () => world.store.turn('SM1')?.history?.map(({ what }) => what);
    const whileDead = history();
    cured = true;
    await world.answers([aQueuedMessage(1)]);

    expect(whileDead).toEqual([...Array(limits.maxAttempts - 1).fill('failed'), 'dead']);
    expect(history()).toEqual([...(whileDead ?? []), 'redriven']);
    const last = world.log.saying('for good');
    expect(last).toHaveLength(1);
    expect(JSON.stringify(last)).not.toMatch(/"next":"retry"/);
  });

  it('keeps back a later one whose own turn could continue', async () => {
    const world = aWorld({ answer: failing('server_error') });
    await world.answers([aQueuedMessage(1)]);

    const { unfinished } = await world.answers(queuedMessages(2));

    expect(unfinished?.messages).toEqual(queuedMessages(2));
    expect(world.assistant.runs.flatMap(({ texts }) => texts)).not.toContain('Question 2?');
  });

  it('waits at least as long as the vendor asks for', async () => {
    const world = aWorld();
    world.messenger.plan({ kind: 'not_sent', reason: 'busy', cause: null, retryAfterSeconds: 42 });

    const { unfinished } = await world.answers(queuedMessages(1));

    expect(unfinished?.afterSeconds).toBe(42);
  });

  it('is dead with the reason once its attempts are used up, and later ones are answered', async () => {
    const world = aWorld({
      answer: ({ texts }) =>
        texts.includes('Question 1?')
          ? { kind: 'failed', reason: 'server_error', next: 'retry' }
          : { kind: 'answered', text: 'Yes.' },
    });
    for (let n = 0; n < 4; n += 1) await world.answers([aQueuedMessage(1)]);

    const result = await world.answers(queuedMessages(2));

    expect(result.unfinished).toBeUndefined();
    expect(result.dead).toMatchObject([
      { messages: [aQueuedMessage(1)], error: { code: 'run_failed', next: 'retry' } },
    ]);
    expect(result.dead[0]?.error.message).toContain('server_error');
    expect(world.messenger.bodies).toEqual(['Yes.']);
  });

  it('has all its attempts again when a person brings it back', async () => {
    const world = aWorld({ answer: failing('server_error') });
    for (let n = 0; n < 5; n += 1) await world.answers([aQueuedMessage(1)]);

    const { unfinished, dead } = await world.answers([aQueuedMessage(1)]);

    expect(dead).toEqual([]);
    expect(unfinished?.afterSeconds).toBe(2);
  });

  it('is dead at once when a person must look, with all that its run was to answer', async () => {
    const world = aWorld({ answer: failing('a tool is missing', 'alert') });

    const result = await world.answers(queuedMessages(2));

    expect(result).toMatchObject({ dead: [{ messages: queuedMessages(2) }] });
    expect(world.assistant.runs).toHaveLength(1);
    expect(world.log.at('critical')).toHaveLength(1);
  });

  it.each([
    [discardWork('no_use', 'It can never succeed.'), 'error'],
    [alertPerson('assistant_missing', 'No assistant answers acme/shop.'), 'critical'],
  ] as const)('is dead at once with %s, and no run is paid for', async (error, level) => {
    const world = aWorld({ ports: { assistantFor: () => Promise.reject(error) } });

    const result = await world.answers(queuedMessages(1));

    expect(result).toEqual({ dead: [{ messages: queuedMessages(1), error }] });
    expect(world.log.at(level)).toHaveLength(1);
    expect(world.store.turn('SM1')).toMatchObject({ attempts: 0, lease_until: 0 });
  });

  it('is tried again whatever was thrown, if nobody has classified it', async () => {
    const world = aWorld({ ports: { assistantFor: () => Promise.reject(new TypeError('oops')) } });

    const result = await world.answers(queuedMessages(1));

    expect(result).toMatchObject({ unfinished: { afterSeconds: 2 }, dead: [] });
    expect(JSON.stringify(world.log.lines)).not.toContain('Question');
  });
});
