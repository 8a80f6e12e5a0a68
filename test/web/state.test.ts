import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Action,
  awaitsAnswer,
  emptyState,
  pollAfter,
  reduce,
  type State,
  unreadOf,
} from '../../web/widget/app/state.ts';
import type { Message, TurnEvent } from '../../web/widget/app/wire.ts';

const message = (
  sequence: number,
  role: Message['role'],
  more: Partial<Message> = {},
): Message => ({
  conversation_id: 'c',
  sequence,
  message_id: `m${sequence}`,
  role,
  text: `text ${sequence}`,
  files: [],
  author: { id: role },
  created_at: '2026-11-30T00:00:00.000Z',
  ...more,
});
const stateAfter = (actions: readonly Action[], from: State = emptyState) =>
  actions.reduce(reduce, from);
const came = (...messages: Message[]): Action => ({ type: 'messages', messages });
const happened = (event: TurnEvent): Action => ({ type: 'event', event });

/** A turn with that many pieces of text. */
function turnOf(pieces: readonly string[]): TurnEvent[] {
  const events = pieces.map(
    (value, index): TurnEvent => ({
      event: 'response_chunk',
      value,
      sequence: index + 2,
      turn_id: 't',
    }),
  );
  return [{ event: 'thinking', value: 'Looking', sequence: 1, turn_id: 't' }, ...events];
}
const complete = (sequence: number): TurnEvent => ({
  event: 'complete',
  value: '',
  outcome: 'answered',
  message: message(2, 'assistant', { turn_id: 't', text: 'all' }),
  sequence,
  turn_id: 't',
});

describe('the log', () => {
  const log = fc
    .integer({ min: 1, max: 30 })
    .map((length) =>
      Array.from({ length }, (_, index) => message(index + 1, index % 2 ? 'assistant' : 'user')),
    );

  it('is the same whatever its order, and however often each message comes', () => {
    fc.assert(
      fc.property(log, fc.infiniteStream(fc.nat()), (messages, random) => {
        const twice = [...messages, ...messages];
        const mixed = twice
          .map((one) => ({ one, key: random.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key);
        const state = stateAfter(mixed.map(({ one }) => came(one)));

        expect(state.messages).toEqual(messages);
        expect(state.seen).toBe(messages.length);
      }),
    );
  });

  it('asks for what is missing, however much is known behind it', () => {
    const state = stateAfter([came(message(1, 'user'), message(4, 'person'))]);

    expect(state.seen).toBe(1);
    expect(stateAfter([came(message(2, 'assistant'), message(3, 'user'))], state).seen).toBe(4);
  });

  it('takes earlier messages in before its first', () => {
    const state = stateAfter([{ type: 'began', base: 10, read: 10 }, came(message(11, 'user'))]);
    const more = stateAfter(
      [{ type: 'earlier', base: 8, messages: [message(9, 'user'), message(10, 'assistant')] }],
      state,
    );

    expect(more.messages.map(({ sequence }) => sequence)).toEqual([9, 10, 11]);
    expect([more.base, more.seen]).toEqual([8, 11]);
  });
});

describe('what the customer writes', () => {
  it('is shown once: as it waits, or as it stands in the log', () => {
    const waiting = { client_id: 'a', text: 'Hi', files: [], created_at: '' };
    const written = came(message(1, 'user', { client_id: 'a' }));
    const wrote: Action = { type: 'outbox', outbox: [waiting] };
    fc.assert(
      fc.property(
        fc.shuffledSubarray([wrote, wrote, written, written], { minLength: 1 }),
        (actions) => {
          const { messages, outbox } = stateAfter(actions);

          expect(messages.length + outbox.length).toBe(1);
        },
      ),
    );
  });
});

describe('an answer', () => {
  it('is its pieces in their order, from whatever readers: what comes twice or late changes nothing', () => {
    const pieces = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(pieces, fc.array(fc.nat({ max: 12 }), { maxLength: 6 }), (texts, starts) => {
        const events = turnOf(texts);
        // Readers that begin anywhere and read to the end; the last begins with the first event.
        const actions = [...starts, 0].flatMap((start) => events.slice(start).map(happened));

        expect(stateAfter(actions).answer).toEqual({
          turn_id: 't',
          last: events.length,
          text: texts.join(''),
          hint: '',
        });
      }),
    );
  });

  it('begins anew where the server says so', () => {
    const again: TurnEvent = {
      event: 'response_chunk',
      value: 'new',
      reset: true,
      sequence: 3,
      turn_id: 't',
    };

    expect(stateAfter([...turnOf(['old']), again].map(happened)).answer?.text).toBe('new');
  });

  it('gives way to its message, in whatever order both come', () => {
    const events = [...turnOf(['a']), complete(3)].map(happened);
    const log = came(message(1, 'user'), message(2, 'assistant', { turn_id: 't', text: 'all' }));

    for (const actions of [
      [log, ...events],
      [...events, log],
      [...events.slice(0, 2), log, ...events.slice(2)],
    ]) {
      const state = stateAfter([...actions, ...events]);
      expect(state.messages).toHaveLength(2);
      expect(state.answer).toBeUndefined();
    }
  });

  it('is taken away where a person has taken the conversation over', () => {
    const withheld: TurnEvent = {
      event: 'complete',
      value: '',
      outcome: 'withheld',
      sequence: 3,
      turn_id: 't',
    };
    const state = stateAfter([...turnOf(['a']), withheld].map(happened));

    expect(state.answer).toBeUndefined();
  });

  it('is said to have failed where it has', () => {
    const failed: TurnEvent = { event: 'error', value: '', code: 'x', sequence: 3, turn_id: 't' };

    expect(stateAfter([...turnOf(['a']), failed].map(happened))).toMatchObject({
      notice: 'answer_failed',
    });
  });

  it('is awaited no more once its turn has failed, until something else is written', () => {
    const error: TurnEvent = { event: 'error', value: '', code: 'x', sequence: 2, turn_id: 't' };
    const [thinking] = turnOf([]);
    const waiting = { client_id: 'a', text: 'a', files: [], created_at: '' };
    const failed = stateAfter([
      { type: 'outbox', outbox: [waiting] },
      ...(thinking ? [happened(thinking)] : []),
      happened(error),
      came(message(1, 'user', { client_id: 'a' })),
    ]);

    expect(awaitsAnswer(failed)).toBe(false);
    expect(pollAfter(failed, true)).toBe(10_000);
    const again = { ...waiting, client_id: 'b' };
    const later: Action[] = [
      { type: 'outbox', outbox: [again] },
      came(message(2, 'user', { client_id: 'b' })),
    ];
    expect(awaitsAnswer(stateAfter(later, failed))).toBe(true);
    const elsewhere = came(message(2, 'user', { client_id: 'of another window' }));
    expect(awaitsAnswer(stateAfter([elsewhere], failed))).toBe(true);
    const other = happened({ event: 'thinking', value: '', sequence: 1, turn_id: 'u' });
    expect(awaitsAnswer(stateAfter([other], failed))).toBe(true);
  });

  it('is awaited after what the customer wrote, unless a person answers', () => {
    const asked = stateAfter([came(message(1, 'user'))]);

    expect(awaitsAnswer(asked)).toBe(true);
    expect(awaitsAnswer(stateAfter([came(message(2, 'assistant'))], asked))).toBe(false);
    expect(awaitsAnswer({ ...asked, handling: 'person' })).toBe(false);
  });
});

describe('what is unread', () => {
  it('are the answers that came while nobody looked, and none once somebody does', () => {
    const state = stateAfter([
      came(message(1, 'user'), message(2, 'assistant'), message(3, 'system'), message(4, 'person')),
    ]);

    expect(unreadOf(state)).toBe(2);
    expect(unreadOf(stateAfter([{ type: 'shown', shown: true }], state))).toBe(0);
  });
});

describe('the wait before the log is looked into', () => {
  const quiet = stateAfter([came(message(1, 'user'), message(2, 'assistant'))]);

  it('is short while a person has the conversation or the customer waits, and longer else', () => {
    expect(pollAfter(quiet, true)).toBe(10_000);
    expect(pollAfter({ ...quiet, handling: 'person' }, true)).toBe(3_000);
    expect(pollAfter({ ...quiet, handling: 'waiting' }, true)).toBe(3_000);
    expect(pollAfter(stateAfter([came(message(3, 'user'))], quiet), true)).toBe(3_000);
  });

  it('grows while nothing is found, to half a minute', () => {
    expect(pollAfter({ ...quiet, handling: 'person' }, true, 40)).toBe(6_000);
    expect(pollAfter({ ...quiet, handling: 'person' }, true, 10_000)).toBe(30_000);
    expect(pollAfter(quiet, true, 10_000)).toBe(30_000);
  });

  it('has no end while the page is hidden', () => {
    expect(pollAfter({ ...quiet, handling: 'person' }, false)).toBeUndefined();
  });
});
