import { describe, expect, it } from 'vitest';
import { EngineError } from '../../lambdas/runtime/errors.ts';
import type { PastMessage } from '../../lambdas/whatsapp-replies/domain/ports.ts';
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

/** What every adapter of the assistant port promises, shown against the simulated OpenAI. */
export function assistantContract(name: AdapterName): void {
  const failureOf = async (call: Promise<unknown>) => {
    const error = await call.catch((thrown: unknown) => thrown);
    if (error instanceof EngineError) return error;
    throw new Error(`Expected an EngineError, got ${String(error)}`);
  };

  describe('run', () => {
    it('works for a while, then has answered the words in their order', async () => {
      const { assistant, clock, start } = await anAssistant(name);
      const turn = asking(['Hello!', 'Anyone there?']);
      const threadId = await assistant.openThread(turn, []);

      const started = await start(threadId, turn);
      const runId = 'runId' in started ? started.runId : '';
      const early = await assistant.checkRun(threadId, runId);
      clock.pass(runTakesMs);
      const late = await assistant.checkRun(threadId, runId);

      expect([started, early]).toEqual(Array(2).fill({ kind: 'working', runId }));
      expect(late).toMatchObject({ kind: 'answered', runId });
      expect(late).toHaveProperty('text', expect.stringContaining('“Hello! Anyone there?”'));
    });

    it('knows what was said in the thread before', async () => {
      const { ask, clock, assistant, start } = await anAssistant(name);
      const { threadId } = await ask('Hello!');

      const second = await start(threadId, asking('And now?', 'SM2'));
      clock.pass(runTakesMs);
      const view = await assistant.checkRun(threadId, 'runId' in second ? second.runId : '');

      expect(view).toHaveProperty('text', expect.stringMatching(/“And now\?”.*2 earlier messages/));
    });

    it('knows the history that its thread was opened with', async () => {
      const { ask } = await anAssistant(name);

      const { view } = await ask('Until when?', { history: aHistory });

      expect(view).toHaveProperty('text', expect.stringContaining('2 earlier messages'));
    });

    it.each([
      ['/sim incomplete', { kind: 'answered', text: 'This answer ends in the middle of a' }],
      ['/sim refuse', { kind: 'unanswered' }],
      ['/sim empty', { kind: 'unanswered', reason: 'empty' }],
      ['/sim fail invalid_prompt', { kind: 'unanswered', reason: 'invalid_prompt' }],
      ['/sim fail', { kind: 'failed', reason: 'server_error', next: 'retry' }],
      ['/sim fail rate_limit_exceeded', { kind: 'failed', next: 'retry' }],
      ['/sim cancel', { kind: 'failed', reason: 'cancelled', next: 'retry' }],
      ['/sim call look_up {"id": 7}', { kind: 'failed', next: 'alert' }],
    ])('that ends like %s is %j', async (text, expected) => {
      const { ask } = await anAssistant(name);

      const { view } = await ask(text);

      expect(view).toMatchObject(expected);
    });

    it('that ended before its first word is unanswered', async () => {
      const { ask } = await anAssistant(name, {
        answer: () => ({ kind: 'incomplete', reason: 'max_output_tokens', text: '' }),
      });

      const { view } = await ask('Hello!');

      expect(view).toMatchObject({ kind: 'unanswered' });
    });

    it('sees pictures, with words and without', async () => {
      const { assistant, clock } = await anAssistant(name);
      const turn = asking(['What is this?', '']);
      const threadId = await assistant.openThread(turn, []);
      const image = { contentType: 'image/png', bytes: Uint8Array.of(1, 2, 3) };

      const started = await assistant.startRun(threadId, turn, {
        input: [
          { text: 'What is this?', images: [image] },
          { text: '', images: [image] },
        ],
        again: false,
        history: async () => [],
      });
      clock.pass(runTakesMs);
      const view = await assistant.checkRun(threadId, 'runId' in started ? started.runId : '');

      expect(view).toHaveProperty('text', expect.stringContaining('I see 2 images'));
    });

    it('is cancelled while it works, and told how it ended when it has', async () => {
      const { assistant, ask, clock, start } = await anAssistant(name);
      const { threadId, view: ended } = await ask('Hello!');
      const second = await start(threadId, asking('/sim hang', 'SM2'));

      const cancelled = await assistant.cancelRun(threadId, 'runId' in second ? second.runId : '');
      const completed = await assistant.cancelRun(threadId, 'runId' in ended ? ended.runId : '');
      clock.pass(runTakesMs);
      const third = await start(threadId, asking('Still there?', 'SM3'));

      expect(cancelled).toMatchObject({ kind: 'failed', next: 'retry' });
      expect(completed).toEqual(ended);
      expect(third).toMatchObject({ kind: 'working' });
    });

    it('that the vendor has forgotten has failed and may be started anew', async () => {
      const { ask, assistant } = await anAssistant(name);
      const { threadId } = await ask('Hello!');

      const views = [
        await assistant.checkRun(threadId, 'resp_gone'),
        await assistant.cancelRun(threadId, 'resp_gone'),
      ];

      expect(views).toEqual(Array(2).fill(expect.objectContaining({ next: 'retry' })));
    });
  });

  describe('thread', () => {
    it('is busy while another run works on it', async () => {
      const { assistant, start } = await anAssistant(name);
      const threadId = await assistant.openThread(asking('Hello!'), []);
      await start(threadId, asking('Hello!'));

      const second = await start(threadId, asking('Hurry!', 'SM2'));

      expect(second).toEqual({ kind: 'busy' });
    });

    it('is gone when the vendor does not know it', async () => {
      const { assistant, start } = await anAssistant(name);

      const answers = [
        await start('conv_gone', asking('Hello!')),
        await assistant.findRun('conv_gone', asking('Hello!')),
      ];

      expect(answers).toEqual([{ kind: 'thread_gone' }, { kind: 'thread_gone' }]);
    });
  });

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

    it('that finds the request wrong calls a person', async () => {
      const { assistant, faults, start } = await anAssistant(name);
      const threadId = await assistant.openThread(asking('Hello!'), []);
      const wrong = {
        kind: 'respond',
        status: 400,
        body: { error: { message: 'Wrong.' } },
      } as const;
      faults.add({ operation: startOf[name], effect: wrong });
      faults.add({ operation: openOf[name], effect: wrong });

      const failures = [
        await failureOf(start(threadId, asking('Hello!'))),
        await failureOf(assistant.openThread(asking('Hello!'), [])),
      ];

      expect(failures).toMatchObject(Array(2).fill({ next: 'alert', code: 'openai_refused' }));
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
