import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aCustomer,
  deadLetters,
  messagesIn,
  queueIsEmpty,
  startTestEngine,
  type TestEngine,
} from '../support/engine.ts';

const customers = 200;
const messagesEach = 5;

let engine: TestEngine;

beforeAll(async () => {
  engine = await startTestEngine({ openai: { runMs: () => 0 }, twilio: { deliveryMs: 5 } });
});

afterAll(() => engine.stop());

describe(`${customers} customers who write ${messagesEach} messages at once`, () => {
  it('each have every message answered once, in order', async () => {
    const all = Array.from({ length: customers }, (_, index) =>
      aCustomer(engine, `+1555${String(1_000_000 + index)}`),
    );
    const begun = Date.now();

    const statuses = await Promise.all(
      all.map(async (customer, who) => {
        const answers: number[] = [];
        for (let n = 1; n <= messagesEach; n++) {
          answers.push((await customer.writes(`c${who} message ${n} of ${messagesEach}`)).status);
        }
        return answers;
      }),
    );
    const received = (Date.now() - begun) / 1000;
    await queueIsEmpty(engine, 540_000);
    const seconds = (Date.now() - begun) / 1000;

    const replies = all.map((customer) => customer.received());
    const total = replies.flat().length;
    console.log(
      `${customers * messagesEach} messages: webhooks answered after ${received.toFixed(1)} s, ` +
        `all replied after ${seconds.toFixed(1)} s (${total} replies).`,
    );
    expect(statuses.flat().every((status) => status === 200)).toBe(true);
    for (const [who, texts] of replies.entries()) {
      expect(mergedInto(texts)).toEqual(
        Array.from({ length: messagesEach }, (_, n) => `c${who} message ${n + 1}`),
      );
    }
    expect(await messagesIn(engine, deadLetters)).toBe(0);
  });
});

/** The customer's messages that the replies quote, in the order of the replies. */
const mergedInto = (texts: string[]): string[] =>
  texts.flatMap((text) => [...text.matchAll(/c\d+ message \d+/g)].map(([quoted]) => quoted));
