import { describe, expect, it } from 'vitest';
import { aPart, aTurn, customer } from '../../support/reply-builders.ts';
import type { SendPlan } from '../../support/reply-messenger.ts';
import { aWorld, type WorldOptions } from '../../support/reply-world.ts';

/** A world with a turn whose reply is ready to be sent: of so many parts, or of parts that say this. */
function ready(reply: number | string[], options: WorldOptions = {}) {
  const world = aWorld(options);
  const parts =
    typeof reply === 'number'
      ? Array.from({ length: reply }, (_, index) => aPart(index + 1))
      : reply.map((body, index) => aPart(index + 1, { body }));
  const turn = aTurn({ state: 'text', outcome: 'answered', parts });
  world.store.put(turn);
  const again = () => world.takes(world.store.turn('SM1') ?? turn);
  return { ...world, again, states: () => world.store.turn('SM1')?.parts.map((p) => p.state) };
}

const notSent: SendPlan = { kind: 'not_sent', reason: 'too many requests', cause: undefined };

describe('reply of several parts', () => {
  it('is sent in order, each part with its own status callback and SID', async () => {
    const { again, messenger, store } = ready(3);

    await again();

    expect(messenger.bodies).toEqual(['Part 1.', 'Part 2.', 'Part 3.']);
    expect(new Set(messenger.sent.map(({ message }) => message.statusCallback)).size).toBe(3);
    expect(store.turn('SM1')?.parts.map((part) => part.message_sid)).toEqual(
      messenger.sent.map(({ sid }) => sid),
    );
  });

  it('continues behind the part that is recorded as sent', async () => {
    const { again, messenger } = ready(3);
    messenger.plan('sent', notSent);

    await expect(again()).rejects.toMatchObject({ code: 'twilio_not_sent' });
    await again();

    expect(messenger.tries).toEqual(['Part 1.', 'Part 2.', 'Part 2.', 'Part 3.']);
  });

  it('is given back before a part for which no time is left', async () => {
    const { ports, messenger, store, takes, clock } = ready(3);
    const { send } = ports.messenger;
    ports.messenger.send = (message) => {
      clock.pass(5_000);
      return send(message);
    };

    const result = await takes(store.turn('SM1') ?? aTurn(), 20_000);

    expect(result).toEqual({ kind: 'retry', afterSeconds: 1 });
    expect(messenger.bodies).toEqual(['Part 1.', 'Part 2.']);
    expect(store.turn('SM1')).toMatchObject({ state: 'sending', lease_until: 0 });
  });
});

describe('part whose answer was lost', () => {
  it('is not sent again when its status callback has come', async () => {
    const { again, messenger, states, store } = ready(2);
    messenger.plan('lost');

    await expect(again()).rejects.toMatchObject({ code: 'twilio_unsure', next: 'retry' });
    await again();

    expect(messenger.bodies).toEqual(['Part 1.', 'Part 2.']);
    expect(states()).toEqual(['sent', 'sent']);
    expect(store.turn('SM1')?.parts[0]?.message_sid).toBe('SMout1');
  });

  it('waits for the callback ten seconds, then is found in the message list', async () => {
    const { again, clock, messenger } = ready(2, { callbacks: false });
    messenger.plan('lost');

    await expect(again()).rejects.toMatchObject({ code: 'twilio_unsure' });
    const soon = await again();
    clock.pass(10_000);
    const late = await again();

    expect(soon).toEqual({ kind: 'retry', afterSeconds: 3 });
    expect(late).toEqual({ kind: 'done' });
    expect(messenger.bodies).toEqual(['Part 1.', 'Part 2.']);
  });

  it('is sent again when Twilio knows nothing of it', async () => {
    const { again, clock, messenger } = ready(1, { callbacks: false });
    messenger.plan('vanished');

    await expect(again()).rejects.toMatchObject({ code: 'twilio_unsure' });
    clock.pass(10_000);
    await again();

    expect(messenger.tries).toHaveLength(2);
    expect(messenger.bodies).toEqual(['Part 1.']);
  });

  it('is not taken for an equal part of the same reply', async () => {
    const { again, clock, messenger, states } = ready(['Yes.', 'Yes.'], { callbacks: false });
    messenger.plan('sent', 'vanished');

    await expect(again()).rejects.toMatchObject({ code: 'twilio_unsure' });
    clock.pass(10_000);
    await again();

    expect(messenger.bodies).toEqual(['Yes.', 'Yes.']);
    expect(states()).toEqual(['sent', 'sent']);
  });
});

describe('part whose send timed out', () => {
  it.each([10_000, 20_000, 30_000, 38_000])(
    'is not sent again when Twilio takes it %i ms after it was handed over',
    async (takenAfterMs) => {
      const { again, clock, messenger, states } = ready(1, { callbacks: false });
      messenger.plan({ takenAfterMs });

      await expect(again()).rejects.toMatchObject({ code: 'twilio_unsure' });
      for (let result = await again(); result.kind === 'retry'; result = await again()) {
        clock.pass(result.afterSeconds * 1000);
      }

      expect(messenger.bodies).toEqual(['Part 1.']);
      expect(messenger.tries).toEqual(['Part 1.']);
      expect(states()).toEqual(['sent']);
    },
  );

  it('is waited for no longer than its status callback takes', async () => {
    const { again, messenger, store } = ready(1, { callbacks: false });
    messenger.plan({ takenAfterMs: 20_000 });
    await expect(again()).rejects.toMatchObject({ code: 'twilio_unsure' });

    store.report(aPart(1).message_key, 'SMreported');

    expect(await again()).toEqual({ kind: 'done' });
    expect(messenger.tries).toEqual(['Part 1.']);
  });

  it('is waited for as long when its process died meanwhile', async () => {
    const { again, clock, messenger, store } = ready(1, { callbacks: false });
    const part = aPart(1, { state: 'claimed', claimed_at: clock.now() });
    store.put(aTurn({ state: 'sending', parts: [part] }));
    clock.pass(39_000);

    const soon = await again();
    clock.pass(1_000);
    await again();

    expect(soon).toEqual({ kind: 'retry', afterSeconds: 3 });
    expect(messenger.bodies).toEqual(['Part 1.']);
  });

  it('is waited for again after it was sent again and timed out', async () => {
    const { again, clock, messenger } = ready(1, { callbacks: false });
    messenger.plan('vanished', { takenAfterMs: 25_000 });

    await expect(again()).rejects.toMatchObject({ code: 'twilio_unsure' });
    clock.pass(10_000);
    await expect(again()).rejects.toMatchObject({ code: 'twilio_unsure' });
    for (let result = await again(); result.kind === 'retry'; result = await again()) {
      clock.pass(result.afterSeconds * 1000);
    }

    expect(messenger.bodies).toEqual(['Part 1.']);
  });
});

describe('message that Twilio refuses', () => {
  it('permanently is recorded with its code, and nothing more is sent', async () => {
    const { again, messenger, store, meter } = ready(2);
    messenger.plan({ kind: 'rejected', errorCode: 63016 });

    const result = await again();
    const twice = await again();

    expect([result, twice]).toEqual([{ kind: 'done' }, { kind: 'done' }]);
    expect(messenger.tries).toEqual(['Part 1.']);
    expect(store.turn('SM1')).toMatchObject({
      state: 'recorded',
      outcome: 'rejected',
      parts: [{ state: 'rejected', error_code: 63016 }, { state: 'waiting' }],
    });
    expect(store.transcript()).toMatchObject([
      { role: 'assistant', status: 'failed', error_code: 63016 },
    ]);
    expect(meter.counts).toMatchObject({ MessagesRejected: 1 });
    expect(meter.counts).not.toHaveProperty('RepliesSent');
  });

  it('for now is sent later, not before the time that Twilio asks for', async () => {
    const { again, messenger, states } = ready(1);
    messenger.plan({ ...notSent, retryAfterSeconds: 17 });

    await expect(again()).rejects.toMatchObject({ next: 'retry', retryAfterSeconds: 17 });
    const waiting = states();
    await again();

    expect(waiting).toEqual(['waiting']);
    expect(messenger.bodies).toEqual(['Part 1.']);
  });
});

describe('customer who opts out', () => {
  it('between two parts gets no further one', async () => {
    const { again, messenger, store, ports } = ready(3);
    const { send } = ports.messenger;
    ports.messenger.send = async (message) => {
      store.optOut(customer);
      return send(message);
    };

    await again();

    expect(messenger.bodies).toEqual(['Part 1.']);
    expect(store.turn('SM1')).toMatchObject({ state: 'recorded', outcome: 'suppressed' });
    expect(store.transcript().map(({ content }) => content)).toEqual(['Part 1.']);
  });

  it('before the first part gets none', async () => {
    const { again, messenger, store } = ready(2);
    store.optOut(customer);

    await again();

    expect(messenger.tries).toEqual([]);
    expect(store.turn('SM1')).toMatchObject({ state: 'recorded', outcome: 'suppressed' });
  });
});
