import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeReply, type ModelAnswer } from '../../../lambdas/whatsapp-replies/work/compose.ts';
import type { Turn } from '../../../lambdas/whatsapp-replies/work/turn.ts';
import { anInbound, aQueuedMessage, aTurn, customer, texts } from '../../support/reply-builders.ts';
import { aWorld } from '../../support/reply-world.ts';

const now = Date.UTC(2026, 10, 2, 9);
const compose = (turn: Turn, answer: ModelAnswer) => composeReply(turn, answer, texts, now);
const bodiesOf = (turn: Turn) => turn.parts.map(({ body }) => body);
const answered = (text: string): ModelAnswer => ({ kind: 'answered', text });

const unread = { unreadable: ['voice messages', 'documents'] };
const notice = "Sorry, I can't read voice messages, documents here.";

describe('reply', () => {
  it("is the model's answer in WhatsApp's own notation", () => {
    const turn = compose(aTurn(), answered('We are **open**.'));

    expect(turn).toMatchObject({ state: 'text', outcome: 'answered' });
    expect(bodiesOf(turn)).toEqual(['We are *open*.']);
  });

  it.each([
    ['a refusal', { kind: 'unanswered', reason: 'refusal' }],
    ['an empty answer', answered(' \n')],
    ['nothing that can be seen', answered('\u200b')],
  ] as const)('is the fallback text for %s', (_what, answer) => {
    const turn = compose(aTurn(), answer);

    expect(turn.outcome).toBe('fallback');
    expect(bodiesOf(turn)).toEqual([texts.fallback]);
  });

  it('says beside the answer what could not be read, each kind once', () => {
    const turn = aTurn({
      inputs: [anInbound(unread), anInbound({ message_sid: 'SM2', ...unread })],
    });

    const [body = ''] = bodiesOf(compose(turn, answered('Yes.')));

    expect(body).toMatch(/^Yes\.\n\n/);
    expect(body.split(notice)).toHaveLength(2);
  });

  it('says alone what could not be read when there is nothing to answer', () => {
    const turn = compose(aTurn({ inputs: [anInbound({ text: '', ...unread })] }), undefined);

    expect(turn.outcome).toBe('notice');
    expect(bodiesOf(turn)).toEqual([expect.stringContaining(notice)]);
  });

  it('is kept under a time that is not before the messages that it answers', () => {
    const received_at = '2026-11-02T09:00:03.000Z';

    const turn = compose(aTurn({ inputs: [anInbound({ received_at })] }), answered('Yes.'));

    const [time = ''] = turn.parts[0]?.message_key.split('#') ?? [];
    expect(Date.parse(time)).toBeGreaterThanOrEqual(Date.parse(received_at));
  });

  it('has at most ten parts, each one that WhatsApp takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), fc.string({ unit: 'grapheme' }), (n, s) => {
        const text = `${s} some words. `.repeat(Math.ceil(n / (s.length + 13)));

        const bodies = bodiesOf(compose(aTurn(), answered(text)));

        expect(bodies.length).toBeGreaterThan(0);
        expect(bodies.length).toBeLessThanOrEqual(10);
        for (const body of bodies) {
          expect(body.length).toBeLessThanOrEqual(1600);
          expect(body.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('shows where it was cut', () => {
    const { parts } = compose(aTurn(), answered('A sentence of it. '.repeat(2_000)));

    expect(parts).toHaveLength(10);
    expect(parts.at(-1)?.body).toMatch(/ …$/);
    expect(new Set(parts.map(({ message_key }) => message_key)).size).toBe(10);
  });
});

describe('customer who has opted out', () => {
  it('is sent nothing, and no run is paid for, but the message is kept', async () => {
    const world = aWorld();
    world.store.optOut(customer);

    await world.answers([aQueuedMessage(1)]);

    expect(world.assistant.runs).toEqual([]);
    expect(world.messenger.tries).toEqual([]);
    expect(world.store.turn('SM1')).toMatchObject({ state: 'recorded', outcome: 'suppressed' });
    expect(world.store.summary()).toMatchObject({ message_count: 1 });
    expect(world.store.transcript()).toMatchObject([{ role: 'user', content: 'Question 1?' }]);
  });

  it('is greeted on starting again, without the model', async () => {
    const world = aWorld();

    await world.answers([aQueuedMessage(1, { text: 'START', consent: 'started' })]);

    expect(world.assistant.runs).toEqual([]);
    expect(world.messenger.bodies).toEqual([texts.opted_in]);
    expect(world.store.turn('SM1')?.outcome).toBe('notice');
  });

  it('is greeted beside the answer to what was asked with it', async () => {
    const world = aWorld();

    await world.answers([
      aQueuedMessage(1, { text: 'START', consent: 'started' }),
      aQueuedMessage(2),
    ]);

    expect(world.assistant.runs.map(({ texts: read }) => read)).toEqual([['Question 2?']]);
    expect(world.messenger.bodies).toEqual([`Answer 1 to: Question 2?\n\n${texts.opted_in}`]);
  });

  it('gets no answer to the message that ended it, even if started again since', async () => {
    const world = aWorld();

    await world.answers([aQueuedMessage(1, { text: 'STOP', consent: 'stopped' })]);

    expect(world.messenger.tries).toEqual([]);
    expect(world.store.turn('SM1')?.state).toBe('recorded');
  });
});

describe('picture', () => {
  const images = [{ url: 'https://api.twilio.com/1', content_type: 'image/jpeg' }];

  it('goes to the model with its words', async () => {
    const world = aWorld({ pictures: ['https://api.twilio.com/1'] });

    await world.answers([aQueuedMessage(1, { images })]);

    expect(world.assistant.runs).toMatchObject([{ texts: ['Question 1?'], imageCount: 1 }]);
  });

  it('that is not available is named beside the answer to its words', async () => {
    const world = aWorld();

    await world.answers([aQueuedMessage(1, { images })]);

    const told = 'Question 1?\n[Could not be read: pictures that did not arrive]';
    expect(world.assistant.runs).toMatchObject([{ texts: [told], imageCount: 0 }]);
    expect(world.messenger.bodies[0]).toContain("I can't read pictures that did not arrive here");
  });

  it('that is too large is said to be so, beside one that is gone', async () => {
    const world = aWorld();
    world.messenger.pictures.set('https://api.twilio.com/2', new Uint8Array());
    const large = { url: 'https://api.twilio.com/2', content_type: 'image/jpeg' };

    await world.answers([aQueuedMessage(1, { images: [large, ...images] })]);

    expect(world.messenger.bodies[0]).toContain(
      "I can't read pictures this large, pictures that did not arrive here",
    );
  });

  it('that is not available and came alone is answered without the model', async () => {
    const world = aWorld();

    await world.answers([aQueuedMessage(1, { text: '', images })]);

    expect(world.assistant.runs).toEqual([]);
    expect(world.messenger.bodies).toEqual([
      "Sorry, I can't read pictures that did not arrive here. Please write it as text, or send a picture.",
    ]);
    expect(world.store.turn('SM1')).toMatchObject({ state: 'recorded', outcome: 'notice' });
  });
});
