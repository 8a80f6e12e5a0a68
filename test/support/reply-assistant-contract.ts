import { describe, expect, it } from 'vitest';
import type { PastMessage } from '../../lambdas/whatsapp-replies/work/ports.ts';
import { type AdapterName, anAssistant, asking, runTakesMs } from './reply-openai.ts';

const aHistory: PastMessage[] = [
  { role: 'user', content: 'Are you open?' },
  { role: 'assistant', content: 'Yes.' },
];

/** What every adapter of the assistant port promises, shown against the simulated OpenAI. */
export function assistantContract(name: AdapterName): void {
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

    it('tells what its answer took, and nothing while it works', async () => {
      const { assistant, clock, start, used } = await anAssistant(name);
      const turn = asking('Hello!');
      const threadId = await assistant.openThread(turn, []);
      const started = await start(threadId, turn);
      const before = used.length;
      clock.pass(runTakesMs);

      await assistant.checkRun(threadId, 'runId' in started ? started.runId : '');

      expect(before).toBe(0);
      expect(used).toHaveLength(1);
      expect(used[0]?.input).toBeGreaterThan(0);
      expect(used[0]?.output).toBeGreaterThan(0);
    });

    it('tells with its answer how much it has read', async () => {
      const { ask, used } = await anAssistant(name);

      const { view } = await ask('Hello!', { history: aHistory });

      expect(view).toMatchObject({ kind: 'answered', inputTokens: used[0]?.input });
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
      [
        '/sim fail invalid_prompt',
        { kind: 'unanswered', reason: 'invalid_prompt', refused: 'words' },
      ],
      ['/sim fail', { kind: 'failed', reason: 'server_error', code: 'openai_failed' }],
      ['/sim fail rate_limit_exceeded', { kind: 'failed', next: 'retry', code: 'openai_busy' }],
      ['/sim fail insufficient_quota', { kind: 'failed', next: 'retry', code: 'openai_quota' }],
      ['/sim fail context_length_exceeded', { kind: 'too_long' }],
      ['/sim cancel', { kind: 'failed', next: 'retry', code: 'run_cancelled' }],
      ['/sim call look_up {"id": 7}', { kind: 'failed', next: 'alert' }],
    ])('that ends like %s is %j', async (text, expected) => {
      const { ask } = await anAssistant(name);

      const { view } = await ask(text);

      expect(view).toMatchObject(expected);
    });

    it.each([
      '<think>They greet.</think>Hello!【4:0†source】',
      'They greet.</think>\n\nHello! [4:0†source]',
      '<thinking>\nThey greet.\n</thinking>\nHello!',
    ])('has answered what is meant for the reader: %j', async (text) => {
      const { ask } = await anAssistant(name, { answer: () => ({ kind: 'completed', text }) });

      const { view } = await ask('Hello!');

      expect(view).toMatchObject({ kind: 'answered', text: 'Hello!' });
    });

    it.each([
      ['empty', { kind: 'completed', text: '<think>They greet.</think>' }],
      ['max_output_tokens', { kind: 'incomplete', text: '<think>They gr' }],
    ] as const)('that only reasons is unanswered: %s', async (reason, outcome) => {
      const { ask } = await anAssistant(name, {
        answer: () => ({ reason: 'max_output_tokens', ...outcome }),
      });

      const { view } = await ask('Hello!');

      expect(view).toMatchObject({
        kind: 'unanswered',
        reason: expect.stringMatching(`^(${reason}|max_completion_tokens)$`),
      });
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

    it('that the vendor has forgotten has failed and may be started again', async () => {
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

    it.each([
      ['by its code', { code: 'context_length_exceeded', message: 'No.' }],
      ['in words', { code: null, message: "This model's maximum context length is 8192 tokens." }],
    ])('that is too long for the model is told so, %s', async (_how, error) => {
      const { assistant, faults, start } = await anAssistant(name);
      const threadId = await assistant.openThread(asking('Hello!'), []);
      const operation = name === 'responses' ? 'responses.create' : 'threads.runs.create';
      faults.add({ operation, effect: { kind: 'respond', status: 400, body: { error } } });

      expect(await start(threadId, asking('Hello!'))).toMatchObject({ kind: 'too_long' });
    });

    it('is gone when its id is none of this vendor', async () => {
      const { assistant, faults, start } = await anAssistant(name);
      const [operation, param] =
        name === 'responses'
          ? ['responses.create', 'conversation']
          : ['threads.messages.create', 'thread_id'];
      const error = { code: 'invalid_value', param, message: 'Expected another id.' };
      faults.add({ operation, effect: { kind: 'respond', status: 400, body: { error } } });
      const threadId = await assistant.openThread(asking('Hello!'), []);

      expect(await start(threadId, asking('Hello!'))).toEqual({ kind: 'thread_gone' });
    });

    it('is gone once it was closed, and may be closed twice', async () => {
      const { assistant, start } = await anAssistant(name);
      const threadId = await assistant.openThread(asking('Hello!'), aHistory);

      await assistant.closeThread(threadId);
      await assistant.closeThread(threadId);

      expect(await start(threadId, asking('Hello!'))).toEqual({ kind: 'thread_gone' });
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
}
