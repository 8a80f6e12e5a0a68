import { describe, expect, it } from 'vitest';
import { assistantContract } from '../../support/reply-assistant-contract.ts';
import { assistantDoubts } from '../../support/reply-assistant-doubts.ts';
import { anInbound, aTurn } from '../../support/reply-builders.ts';
import { anAssistant, asking, runTakesMs } from '../../support/reply-openai.ts';

const _html = { 'content-type': 'text/html' };
const image = { contentType: 'image/png', bytes: Uint8Array.of(1, 2, 3) };

describe('responses assistant', () => {
  assistantContract('responses');
  assistantDoubts('responses');

  it("runs in the background with the company's model and instructions, and our ids", async () => {
    const { ask, bodiesOf } = await anAssistant('responses');

    const { threadId } = await ask('Hello!');

    expect(bodiesOf('responses.create')).toEqual([
      {
        model: 'gpt-5.6-luna',
        instructions: 'Be kind.',
        metadata: { company_id: 'acme', conversation_id: 'conv-1', turn_id: 'SM1' },
        input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hello!' }] }],
        conversation: threadId,
        background: true,
        store: true,
      },
    ]);
  });

  it('hands pictures over as data, so that OpenAI fetches nothing of ours', async () => {
    const { assistant, bodiesOf } = await anAssistant('responses');
    const turn = asking('');
    const threadId = await assistant.openThread(turn, []);

    const input = [{ text: '', images: [image] }];
    await assistant.startRun(threadId, turn, { input, again: false, history: async () => [] });

    const picture = {
      type: 'input_image',
      detail: 'auto',
      image_url: 'data:image/png;base64,AQID',
    };
    expect(bodiesOf('responses.create')).toMatchObject([
      { input: [{ role: 'user', content: [picture] }] },
    ]);
  });

  it.each([
    ['with', ['[Could not be read: documents]']],
    ['before', []],
  ])('is found after a doubt %s the remark on what cannot be read', async (_when, remark) => {
    const { assistant, clock, faults } = await anAssistant('responses');
    const turn = aTurn({ inputs: [anInbound({ text: 'Right?', unreadable: ['documents'] })] });
    const threadId = await assistant.openThread(turn, []);
    faults.add({ operation: 'responses.create', effect: { kind: 'lose' } });
    const input = [{ text: ['Right?', ...remark].join('\n'), images: [] }];
    const again = { again: false, history: async () => [] };
    await assistant.startRun(threadId, turn, { input, ...again }).catch(() => undefined);
    clock.pass(runTakesMs);

    const found = await assistant.findRun(threadId, turn);

    expect(found).toMatchObject({ kind: 'answered' });
  });

  it('tells where its answer ends, so that the next search begins behind it', async () => {
    const { ask } = await anAssistant('responses');

    const { view } = await ask('Hello!');

    expect(view).toHaveProperty('lastItemId', expect.stringMatching(/^msg_/));
  });

  it('does not find a lost run that still works: its thread is busy instead', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const turn = asking('Hello!');
    const threadId = await assistant.openThread(turn, []);
    faults.add({ operation: 'responses.create', effect: { kind: 'lose' } });
    await expect(start(threadId, turn)).rejects.toMatchObject({ next: 'retry' });

    const found = await assistant.findRun(threadId, turn);
    const again = await start(threadId, turn, { again: true });

    expect([found, again]).toEqual([undefined, { kind: 'busy' }]);
  });

  it('takes a response that has no id for a lost answer', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const turn = asking('Hello!');
    const threadId = await assistant.openThread(turn, []);
    faults.add({
      operation: 'responses.create',
      effect: { kind: 'respond', status: 200, body: {} },
    });

    const failure = start(threadId, turn);

    await expect(failure).rejects.toMatchObject({ next: 'retry', code: 'openai_unreadable' });
  });

  it('finds the end of a lost run that gave no words', async () => {
    const { assistant, clock, faults, start } = await anAssistant('responses');
    const turn = asking('/sim refuse');
    const threadId = await assistant.openThread(turn, []);
    faults.add({ operation: 'responses.create', effect: { kind: 'lose' } });
    await expect(start(threadId, turn)).rejects.toMatchObject({ next: 'retry' });
    clock.pass(runTakesMs);

    const found = await assistant.findRun(threadId, turn);

    expect(found).toMatchObject({ kind: 'unanswered', reason: 'refusal' });
  });

  it('has no answer where the filter stopped the model in mid-sentence', async () => {
    const { ask } = await anAssistant('responses');

    const { view } = await ask('/sim incomplete content_filter');

    expect(view).toMatchObject({ kind: 'unanswered', reason: 'content_filter' });
  });

  it('says of a picture that OpenAI cannot read that the picture is refused', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const threadId = await assistant.openThread(asking('Hello!'), []);
    const body = { error: { code: 'invalid_image_format', message: 'Not a picture.' } };
    faults.add({ operation: 'responses.create', effect: { kind: 'respond', status: 400, body } });

    const view = await start(threadId, asking('Hello!'));

    expect(view).toMatchObject({ kind: 'unanswered', refused: 'picture' });
  });

  it('calls a person when the model does not exist', async () => {
    const { assistant, faults, start } = await anAssistant('responses');
    const threadId = await assistant.openThread(asking('Hello!'), []);
    const body = { error: { code: 'model_not_found', message: 'No such model.' } };
    faults.add({ operation: 'responses.create', effect: { kind: 'respond', status: 404, body } });

    const run = start(threadId, asking('Hello!'));

    await expect(run).rejects.toMatchObject({ next: 'alert' });
  });
});
