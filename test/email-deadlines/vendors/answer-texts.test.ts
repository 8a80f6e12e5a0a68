import { describe, expect, it, onTestFinished } from 'vitest';
import { features } from '../../../lambdas/email-deadlines/features.ts';
import { answererOf } from '../../../lambdas/email-deadlines/vendors/answerers.ts';
import { openAiSource } from '../../../lambdas/vendors/openai/client.ts';
import { startOpenAiSimulator } from '../../../local/simulators/openai/simulator.ts';
import { aSecret } from '../../support/reply-secret.ts';

const email = { subject: 'My order', body: 'Where is it?' } as never;

/** What becomes of an email that a model answers with these items. */
async function answerOf(...output: object[]): Promise<string> {
  const openai = await startOpenAiSimulator({ runMs: () => 1 });
  onTestFinished(() => openai.close());
  openai.faults.add({ operation: 'responses.create', effect: answeredBy(...output) });
  const answerer = answererOf(features['email-answers'].parse({ adapter: 'openai' }), {
    timing: { scale: 0.5, min: 0.4, max: 0.6 },
    openAi: openAiSource(aSecret('sk-test'), `${openai.url}/v1`),
    sleep: async () => {},
    random: () => 0.5,
  });
  return answerer.answer('full', { email, parents: [], timeoutMs: Infinity });
}

const answeredBy = (...output: object[]) => ({
  kind: 'respond' as const,
  status: 200,
  body: { id: 'resp_1', object: 'response', status: 'completed', output },
});
const said = (text: string, more: object = {}) => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text, annotations: [] }],
  ...more,
});

describe('a model’s answer', () => {
  it.each([
    [
      'its final answer alone',
      [said('Noted.', { phase: 'commentary' }), said('On Friday.', { phase: 'final_answer' })],
      'On Friday.',
    ],
    ['once what it says twice', [said('On Friday.'), said('On Friday.')], 'On Friday.'],
    [
      'paragraphs where it names no phase',
      [said('Thanks.'), said('On Friday.')],
      'Thanks.\n\nOn Friday.',
    ],
    ['no reasoning', [said('<think>Which order?</think>\n\nOn Friday.')], 'On Friday.'],
    [
      'no reasoning whose beginning is missing',
      [said('Which order?</think>On Friday.')],
      'On Friday.',
    ],
    [
      'no markers of sources',
      [said('On Friday【4:0†source】, by post[4:0†source].')],
      'On Friday, by post.',
    ],
  ])('has in its email %s', async (_, output, text) => {
    expect(await answerOf(...output)).toBe(text);
  });

  it.each([
    ['reasons', said('<think>Which order?')],
    ['comments', said('Let me see.', { phase: 'commentary' })],
  ])('that only %s has failed', async (_, output) => {
    await expect(answerOf(output)).rejects.toMatchObject({ code: 'model_silent', next: 'retry' });
  });
});
