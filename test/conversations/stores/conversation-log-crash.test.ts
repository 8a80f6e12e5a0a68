import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationKey, Message } from '../../../lambdas/conversations/conversation.ts';
import type { AppendOptions, NewMessage } from '../../../lambdas/conversations/ports.ts';
import { conversationLog } from '../../../lambdas/conversations/stores/conversation-log.ts';
import {
  aCrashPoint,
  atEachCrashPoint,
  type CrashPoint,
  TestProcess,
  turnsOf,
} from '../../support/crash.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { aMessage } from './handling-contract.ts';

let table: TestTable;
let conversations = 0;

beforeAll(async () => {
  table = await startTestTable(['inbox:inbox_at']);
});

afterAll(() => table.close());

/** A conversation of its own, with one message. */
async function aConversation() {
  const key: ConversationKey = { tenant_id: 'acme', conversation_id: `c${++conversations}` };
  const log = conversationLog(table);
  await log.open({ ...key, channel: 'webchat', participant_id: 'p1' });
  await log.append(key, [aMessage('m1')], { after: 0 });
  const written = () => log.messages(key, { after: 0, limit: 1_000 });
  return { key, log, written };
}

const logOf = (process: TestProcess) => conversationLog(process.client(table));
const idsOf = (messages: Message[]) => messages.map(({ message_id }) => message_id);

/** Each message once, without a gap, and a conversation that is as they make it. */
async function expectWhole(
  { key, log, written }: Awaited<ReturnType<typeof aConversation>>,
  ids: readonly string[],
) {
  const messages = await written();
  const ours = messages.filter(({ role }) => role !== 'system');
  expect(idsOf(ours).toSorted()).toEqual(['m1', ...ids].toSorted());
  expect(messages.map(({ sequence }) => sequence)).toEqual(messages.map((_, index) => index + 1));
  const { pk, sk } = { pk: `TENANT#acme#CONVERSATION#${key.conversation_id}`, sk: 'CONVERSATION' };
  const item = await table.item({ pk, sk });
  expect(item).toMatchObject({ last_sequence: messages.length });
  const { handling, assignee, status } = (await log.find(key)) ?? {};
  expect(item).toMatchObject({ handling, assignee, status });
}

describe('an append that dies at any of its calls', () => {
  it.each([
    ['one message', ['a']],
    ['three messages', ['a', 'b', 'c']],
  ])('writes %s once when it is tried again', async (_, ids) => {
    const calls = await atEachCrashPoint(async (process) => {
      const conversation = await aConversation();
      const { key, log } = conversation;
      const messages = ids.map((id) => aMessage(id));
      await process.outcome(logOf(process).append(key, messages, { after: 1 }));
      await log.append(key, [aMessage('between')], { after: 1 });

      const again = await log.append(key, messages, { after: 1 });

      expect(again).toMatchObject({
        kind: 'appended',
        messages: ids.map((message_id) => ({ message_id })),
      });
      await expectWhole(conversation, [...ids, 'between']);
    });

    expect(calls).toBe(3 + ids.length);
  });
});

describe('a takeover that dies at any of its calls', () => {
  it('is recorded once when it is tried again, and is seen by who looks before', async () => {
    await atEachCrashPoint(async (process) => {
      const conversation = await aConversation();
      const { key, log, written } = conversation;
      const change = { handling: 'person', by: 'key:agent' } as const;
      await process.outcome(logOf(process).setHandling(key, change));

      const seen = (await log.find(key))?.handling;
      const recorded = (await written()).length === 2;
      const answered = await log.append(key, [aMessage('a', { role: 'assistant' })], {
        after: 1,
        automatic: true,
      });
      expect(seen).toBe(recorded ? 'person' : 'automatic');
      expect(answered.kind).toBe(recorded ? 'withheld' : 'appended');
      await log.setHandling(key, change);

      const events = (await written()).map(({ event }) => event).filter(Boolean);
      expect(events).toEqual(['taken_over']);
      await expectWhole(conversation, recorded ? [] : ['a']);
    });
  });
});

type Answer = Awaited<ReturnType<ReturnType<typeof logOf>['append']>>;

/** Tries an append by one process after another, the first of which die. */
async function appendUntilDone(
  scheduler: fc.Scheduler,
  points: readonly CrashPoint[],
  key: ConversationKey,
  [messages, options]: [NewMessage[], AppendOptions],
): Promise<Answer> {
  for (const point of triesOf(points)) {
    const process = new TestProcess(point, turnsOf(scheduler));
    const done = await process.outcome(logOf(process).append(key, messages, options));
    if (done) return done;
  }
  throw new Error('Expected the last try to end.');
}

const triesOf = <Point>(points: readonly Point[]): Point[][] => [...points.map((one) => [one]), []];

const dying = fc.array(aCrashPoint(7), { maxLength: 2 });

describe('appends at the same time', () => {
  const writers = fc.array(
    fc.record({
      messages: fc.integer({ min: 1, max: 3 }),
      deaths: dying,
      /** How many processes do this at once, as a queue's messages that come twice. */
      times: fc.integer({ min: 1, max: 2 }),
    }),
    { minLength: 2, maxLength: 4 },
  );

  it('have each message there exactly once, in the order of its append, without a gap, however they overlap and die', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), writers, async (scheduler, all) => {
        const conversation = await aConversation();
        const own = (writer: number, count: number) =>
          Array.from({ length: count }, (_, n) => aMessage(`w${writer}-${n}`));
        const work = all.flatMap(({ messages, deaths, times }, writer) =>
          Array.from({ length: times }, () =>
            appendUntilDone(scheduler, deaths, conversation.key, [
              own(writer, messages),
              { after: 1 },
            ]),
          ),
        );
        await scheduler.waitFor(Promise.all(work));

        const ids = all.map(({ messages }, writer) =>
          own(writer, messages).map(({ message_id }) => message_id),
        );
        await expectWhole(conversation, ids.flat());
        const order = idsOf(await conversation.written());
        for (const wanted of ids) expect(order.filter((id) => wanted.includes(id))).toEqual(wanted);
        for (const [index, result] of (await Promise.all(work)).entries()) {
          expect([index, result.kind]).toEqual([index, 'appended']);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are all there though the answer to each write is lost', async () => {
    const conversation = await aConversation();
    const lossy = conversationLog(withLostAnswers(table));
    const ids = Array.from({ length: 12 }, (_, n) => `w${n}`);

    await Promise.all(
      ids.map((id) => lossy.append(conversation.key, [aMessage(id)], { after: 1 })),
    );

    await expectWhole(conversation, ids);
  });
});

describe('automatic answers and takeovers at the same time', () => {
  const changes = fc.array(
    fc.record({ handling: fc.constantFrom('person', 'waiting', 'automatic'), deaths: dying }),
    { minLength: 1, maxLength: 4 },
  );
  const answers = fc.array(dying, { minLength: 1, maxLength: 3 });

  it('leave no automatic answer in the log where a person has the conversation, and say truly which was withheld', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), changes, answers, async (scheduler, takeovers, all) => {
        const conversation = await aConversation();
        const { key, written } = conversation;
        const answering = all.map((deaths, n) => {
          const answer = aMessage(`a${n}`, { role: 'assistant' });
          const options = { after: 1, automatic: true } as const;
          return appendUntilDone(scheduler, deaths, key, [[answer], options]);
        });
        const handing = takeovers.map(async ({ handling, deaths }, n) => {
          for (const points of triesOf(deaths)) {
            const process = new TestProcess(points, turnsOf(scheduler));
            const change = { handling, by: `key:${n}` };
            if (await process.outcome(logOf(process).setHandling(key, change))) return;
          }
        });
        const [results] = await scheduler.waitFor(
          Promise.all([Promise.all(answering), Promise.all(handing)]),
        );

        const messages = await written();
        let handling = 'automatic';
        for (const { event, role } of messages) {
          if (role === 'assistant') expect(handling).toBe('automatic');
          if (event) handling = event === 'handed_back' ? 'automatic' : event;
        }
        const there = results.map((_, n) => idsOf(messages).includes(`a${n}`));
        expect(results.map(({ kind }) => kind === 'appended')).toEqual(there);
        await expectWhole(
          conversation,
          there.flatMap((is, n) => (is ? [`a${n}`] : [])),
        );
      }),
      { numRuns: 30 },
    );
  });
});
