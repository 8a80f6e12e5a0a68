import type { Response } from 'openai/resources/responses/responses.js';
import { describe, expect, it } from 'vitest';
import { statusOf } from '../../../lambdas/whatsapp-replies/vendors/run-status.ts';

const message = (text: string, phase?: string) => ({
  id: `msg_${phase}`,
  type: 'message',
  role: 'assistant',
  ...(phase && { phase }),
  content: [{ type: 'output_text', text, annotations: [] }],
});
const aResponse = (output: object[], more: object = {}) =>
  ({ id: 'resp_1', status: 'completed', output, ...more }) as unknown as Response;

describe('what a response says to the customer', () => {
  it('is its final answer, and not what the model noted on the way', () => {
    const noted = 'Noted, see you Friday.';
    const output = [message(noted, 'commentary'), message(noted, 'final_answer')];

    expect(statusOf(aResponse(output))).toMatchObject({ kind: 'answered', text: noted });
  });

  it('is each message as a paragraph where no phases are said', () => {
    const output = [message('We are open.'), message('Until nine.')];

    expect(statusOf(aResponse(output))).toMatchObject({ text: 'We are open.\n\nUntil nine.' });
  });

  it('is nothing where the model only noted or reasoned', () => {
    const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };

    expect(statusOf(aResponse([message('I look.', 'commentary')]))).toMatchObject({
      kind: 'unanswered',
      reason: 'empty',
    });
    expect(statusOf(aResponse([message('<think>I look')], cut))).toMatchObject({
      kind: 'unanswered',
      reason: 'max_output_tokens',
    });
  });
});
