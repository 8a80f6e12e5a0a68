import { describe, expect, it } from 'vitest';
import { EngineError } from '../../lambdas/shared/errors.ts';
import type { PastMessage } from '../../lambdas/whatsapp-replies/work/ports.ts';
import { type AdapterName, anAssistant, asking, assistantAt, runTakesMs } from './reply-openai.ts';
import { aSecret } from './reply-secret.ts';
import { nobodyHere } from './reply-server.ts';

const startOf: Record<AdapterName, string> = {
  responses: 'responses.create',
  threads: 'threads.runs.create',
};
const openOf: Record<AdapterName, string> = {
  responses: 'conversations.create',
  threads: 'threads.create',
};

const aHistory: PastMessage[] = [
  { role: 'user', content: 'Are you open?' },
  { role: 'assistant', content: 'Yes.' },
];

const failureOf = async (call: Promise<unknown>) => {
  const error = await call.catch((thrown: unknown) => thrown);
  if (error instanceof EngineError) return error;
  throw new Error(`Expected an EngineError, got ${String(error)}`);
};

/** What every adapter of the assistant port promises when an answer is lost or the vendor refuses. */
export function assistantDoubts(name: AdapterName): void {
  describe('start whose answer was lost', () => {
    it('is not repeated by the SDK, and to be tried again later', async () => {
      const { assistant, bodiesOf, faults, start } = await anAssistant(name);
      const threadId = await assistant.openThread(asking('Hello!'), []);
      faults.add({ operation: startOf[name], effect: { kind: 'lose' } });

      const failure = await failureOf(start(threadId, asking('Hello!')));

      expect(failure).toMatchObject({ next: 'retry', code: 'openai_unreachable' });
      expect(bodiesOf(startOf[name])).toHaveLength(1);
    });

    it('is found once the run has answered, behind an equal question of before', async () => {
      const { assistant, ask, clock, faults, start } = await anAssistant(name);
      const first = await ask('Hello!');
      const last_item_id = 'lastItemId' in first.view ? first.view.lastItemId : undefined;
      const turn = { ...asking('Hello!', 'SM2'), ...(last_item_id && { last_item_id }) };
      faults.add({ operation: startOf[name], effect: { kind: 'lose' } });
      await failureOf(start(first.threadId, turn));
      clock.pass(runTakesMs);

      const found = await assistant.findRun(first.threadId, turn);

      expect(found).toMatchObject({ kind: 'answered' });
      expect(found).toHaveProperty('text', expect.stringContaining('2 earlier messages'));
    });

    it('is found in a thread that was opened with a history', async () => {
      const { assistant, clock, faults, start } = await anAssistant(name);
      const turn = asking(['Hello!', 'Anyone there?']);
      const threadId = await assistant.openThread(turn, aHistory);
      faults.add({ operation: startOf[name], effect: { kind: 'lose' } });
      await failureOf(start(threadId, turn));
      clock.pass(runTakesMs);

      const found = await assistant.findRun(threadId, turn);

      expect(found).toMatchObject({ kind: 'answered' });
      expect(found).toHaveProperty('text', expect.stringContaining('“Hello! Anyone there?”'));
    });

    it('is not found when it took no effect, not even in an equal question of before', async () => {
      const { assistant, ask, faults, start } = await anAssistant(name);
      const first = await ask('Hello!');
      const last_item_id = 'lastItemId' in first.view ? first.view.lastItemId : undefined;
      const turn = { ...asking('Hello!', 'SM2'), ...(last_item_id && { last_item_id }) };
      faults.add({ operation: startOf[name], effect: { kind: 'respond', status: 500 } });
      const failure = await failureOf(start(first.threadId, turn));

      const found = await assistant.findRun(first.threadId, turn);
      const again = await start(first.threadId, turn, { again: true });

      expect(failure).toMatchObject({ next: 'retry', code: 'openai_failed' });
      expect(found).toBeUndefined();
      expect(again).toMatchObject({ kind: 'working' });
    });

    it('of a run that has failed is not found, so that a new one is started', async () => {
      const { assistant, clock, faults, start } = await anAssistant(name);
      const turn = asking('/sim fail');
      const threadId = await assistant.openThread(turn, []);
      faults.add({ operation: startOf[name], effect: { kind: 'lose' } });
      await failureOf(start(threadId, turn));
      clock.pass(runTakesMs);

      const found = await assistant.findRun(threadId, turn);

      expect(found).toBeUndefined();
    });
  });

  describe('vendor', () => {
    it('that refuses the key is asked with the current one the next time', async () => {
      const key = aSecret('sk-of-yesterday', 'sk-of-today');
      const { assistant } = await anAssistant(name, { apiKey: 'sk-of-today', key });

      const failure = await failureOf(assistant.openThread(asking('Hello!'), []));
      const threadId = await assistant.openThread(asking('Hello!'), []);

      expect(failure).toMatchObject({ next: 'retry' });
      expect(key.refreshes).toBe(1);
      expect(threadId).toMatch(/^(conv|thread)_/);
    });

    it('that has no time now says when to come back', async () => {
      const { assistant, faults, start } = await anAssistant(name);
      const threadId = await assistant.openThread(asking('Hello!'), []);
      const headers = { 'retry-after': '7' };
      faults.add({ operation: startOf[name], effect: { kind: 'respond', status: 429, headers } });

      const failure = await failureOf(start(threadId, asking('Hello!')));

      expect(failure).toMatchObject({ next: 'retry', code: 'openai_busy', retryAfterSeconds: 7 });
    });

    it.each([
      ['a setting', { message: 'Wrong.', param: 'model' }, 'alert', 'openai_refused'],
      ['nothing', { message: 'Wrong.' }, 'retry', 'conversation_refused'],
      ['the input', { message: 'W.', param: 'input', code: null }, 'retry', 'conversation_refused'],
    ])('that refuses the request and names %s', async (_what, error, next, code) => {
      const { assistant, faults, start } = await anAssistant(name);
      const threadId = await assistant.openThread(asking('Hello!'), []);
      const wrong = { kind: 'respond', status: 400, body: { error } } as const;
      faults.add({ operation: startOf[name], effect: wrong });
      faults.add({ operation: openOf[name], effect: wrong });

      const failures = [
        await failureOf(start(threadId, asking('Hello!'))),
        await failureOf(assistant.openThread(asking('Hello!'), [])),
      ];

      expect(failures).toMatchObject(Array(2).fill({ next, code }));
    });

    it('that names no thread leaves the work for later', async () => {
      const { assistant, faults } = await anAssistant(name);
      faults.add({ operation: openOf[name], effect: { kind: 'respond', status: 200, body: {} } });

      const failure = await failureOf(assistant.openThread(asking('Hello!'), []));

      expect(failure).toMatchObject({ next: 'retry', code: 'openai_unreadable' });
    });

    it('that cannot be reached leaves the work for later', async () => {
      const assistant = assistantAt(await nobodyHere(), name);

      const failure = await failureOf(
        assistant.startRun('conv_1', asking('Hello!'), {
          input: [{ text: 'Hello!', images: [] }],
          again: false,
          history: async () => [],
        }),
      );

      expect(failure).toMatchObject({ next: 'retry', code: 'openai_unreachable' });
    });
  });
}
