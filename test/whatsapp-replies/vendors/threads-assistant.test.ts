import { describe, expect, it } from 'vitest';
import { assistantContract } from '../../support/reply-assistant-contract.ts';
import { assistantDoubts } from '../../support/reply-assistant-doubts.ts';
import { anAssistant, asking, runTakesMs } from '../../support/reply-openai.ts';

const messages = 'threads.messages.create';
const runs = 'threads.runs.create';

describe('threads assistant', () => {
  assistantContract('threads');
  assistantDoubts('threads');

  it('marks messages and runs with our ids', async () => {
    const { bodiesOf, start, assistant } = await anAssistant('threads');
    const turn = asking(['Hello!', 'Anyone there?']);
    const threadId = await assistant.openThread(turn, []);

    await start(threadId, turn);

    expect(bodiesOf('threads.create')).toMatchObject([
      { metadata: { company_id: 'acme', conversation_id: 'conv-1' } },
    ]);
    expect(bodiesOf(messages)).toEqual([
      { role: 'user', content: 'Hello!', metadata: { message_sid: 'SM1', turn_id: 'SM1' } },
      {
        role: 'user',
        content: 'Anyone there?',
        metadata: { message_sid: 'SM1-2', turn_id: 'SM1' },
      },
    ]);
    expect(bodiesOf(runs)).toEqual([{ assistant_id: 'asst_1', metadata: { turn_id: 'SM1' } }]);
  });

  it.each([
    ['its first message', messages, 'lose'],
    ['its run before it began', runs, 'respond'],
  ] as const)(
    'adds no message twice after the answer to %s was lost',
    async (_what, operation, kind) => {
      const { assistant, clock, faults, start } = await anAssistant('threads');
      const turn = asking(['Hello!', 'Anyone there?']);
      const threadId = await assistant.openThread(turn, []);
      faults.add({ operation, effect: kind === 'lose' ? { kind } : { kind, status: 503 } });
      await expect(start(threadId, turn)).rejects.toMatchObject({ next: 'retry' });

      const started = await start(threadId, turn, { again: true });
      clock.pass(runTakesMs);
      const view = await assistant.checkRun(threadId, 'runId' in started ? started.runId : '');

      expect(view).toHaveProperty('text', expect.stringContaining('“Hello! Anyone there?”'));
    },
  );

  it('finds a lost run while it still works', async () => {
    const { assistant, faults, start } = await anAssistant('threads');
    const turn = asking('Hello!');
    const threadId = await assistant.openThread(turn, []);
    faults.add({ operation: runs, effect: { kind: 'lose' } });
    await expect(start(threadId, turn)).rejects.toMatchObject({ next: 'retry' });

    const found = await assistant.findRun(threadId, turn);

    expect(found).toMatchObject({ kind: 'working', runId: expect.stringMatching(/^run_/) });
  });

  it('frees the thread of a run that asks for a tool', async () => {
    const { ask, clock, start } = await anAssistant('threads');
    const { threadId, view } = await ask('/sim call look_up {}');
    clock.pass(runTakesMs);

    const next = await start(threadId, asking('Hello!', 'SM2'));

    expect(view).toMatchObject({ kind: 'failed', next: 'alert' });
    expect(next).toMatchObject({ kind: 'working' });
  });

  it('starts again when a run has hung until the vendor gave it up', async () => {
    const { ask, assistant, clock } = await anAssistant('threads');
    const { threadId, view } = await ask('/sim hang');
    clock.pass(600_000);

    const late = await assistant.checkRun(threadId, 'runId' in view ? view.runId : '');

    expect(late).toMatchObject({ kind: 'failed', reason: 'expired', next: 'retry' });
  });

  it('uploads pictures, since the protocol takes no data', async () => {
    const { assistant, bodiesOf } = await anAssistant('threads');
    const turn = asking('What is this?');
    const threadId = await assistant.openThread(turn, []);
    const images = [{ contentType: 'image/png', bytes: Uint8Array.of(1, 2, 3) }];

    const input = [{ text: 'What is this?', images }];
    await assistant.startRun(threadId, turn, { input, again: false, history: async () => [] });

    expect(bodiesOf('files.create')).toMatchObject([{ purpose: 'vision' }]);
    expect(bodiesOf(messages)).toMatchObject([
      {
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_file', image_file: { file_id: expect.stringMatching(/^file-/) } },
        ],
      },
    ]);
  });

  it('takes off the markers that the vendor names as its citations, and no other', async () => {
    const content = {
      type: 'text',
      text: {
        value: 'Nine to five (source 1). See (hours.pdf).',
        annotations: [
          { type: 'file_citation', text: '(source 1)' },
          { type: 'file_path', text: '(hours.pdf)' },
        ],
      },
    };
    const { ask, faults } = await anAssistant('threads');
    const body = { object: 'list', data: [{ id: 'msg_1', role: 'assistant', content: [content] }] };
    faults.add({
      operation: 'threads.messages.list',
      effect: { kind: 'respond', status: 200, body },
    });

    const { view } = await ask('When?');

    expect(view).toMatchObject({ text: 'Nine to five. See (hours.pdf).' });
  });

  it('calls a person when the assistant does not exist', async () => {
    const { assistant, faults, start } = await anAssistant('threads');
    const threadId = await assistant.openThread(asking('Hello!'), []);
    const body = { error: { message: "No assistant found with id 'asst_1'." } };
    faults.add({ operation: runs, effect: { kind: 'respond', status: 404, body } });

    const run = start(threadId, asking('Hello!'));

    await expect(run).rejects.toMatchObject({ next: 'alert', code: 'openai_refused' });
  });
});
