import { describe, expect, it } from 'vitest';
import { answerText } from '../../../lambdas/vendors/openai/answer-text.ts';

const message = (text: string | string[], phase?: string | null) => ({
  type: 'message',
  role: 'assistant',
  ...(phase !== undefined && { phase }),
  content: [text].flat().map((part) => ({ type: 'output_text', text: part, annotations: [] })),
});
const answer = (...output: { type: string }[]) => answerText({ output });

describe('answer of a response', () => {
  it.each([
    ['Noted.', [message('Noted.')]],
    [
      'See you Friday.',
      [message('I look.', 'commentary'), message('See you Friday.', 'final_answer')],
    ],
    ['Noted.', [message('Noted.', 'commentary'), message('Noted.', 'final_answer')]],
    ['Yes.', [message('No.', 'final_answer'), message('Yes.', 'final_answer')]],
    ['Yes.', [message('Yes.', 'final_answer'), message('', 'final_answer')]],
    ['Yes.', [message('Yes.', 'final_answer'), message('I was right.', 'commentary')]],
    ['Yes.', [message('I look.', 'commentary'), message('Yes.', null)]],
    ['', [message('I look.', 'commentary')]],
    ['', [message('I look.', 'commentary'), message('', 'final_answer')]],
  ])('is the last final one where phases are said: %j', (text, output) => {
    expect(answer(...output)).toBe(text);
  });

  it.each([
    ['Hello.\n\nWe open at nine.', [message('Hello.'), message('We open at nine.')]],
    ['Hello', [message('Hello'), message('Hello')]],
    ['Hello', [message('Hello\n'), message(' Hello')]],
    ['A\n\nB', [message('A'), message('B'), message('A')]],
    ['A\n\nB', [message('A', null), { type: 'reasoning' }, message('B', null)]],
    ['A', [message('A'), message('')]],
  ])('has a paragraph for each different message where they are not: %j', (text, output) => {
    expect(answer(...output)).toBe(text);
  });

  it.each([
    ['Hello.\n\nWe open at nine.', ['Hello.', 'We open at nine.']],
    ['Hello!\n\n*Hours* follow', ['Hello!', '*Hours* follow']],
    ['The sky is blue.', ['The sky ', 'is blue', '.']],
    ['你好。\n\n我们九点开门。', ['你好。', '我们九点开门。']],
    ['Hello Ada', ['Hello', 'Ada']],
    ['*Hello* Ada', ['*Hello*', ' Ada']],
    ['Hello. You', ['Hello.', ' You']],
    ['Hello.', ['Hello.', 'Hello.']],
    ['(Really?)', ['(Really?', ')']],
  ])('keeps the parts of one message apart where they would run together: %j', (text, parts) => {
    expect(answer(message(parts))).toBe(text);
  });

  it('is empty where the model refuses, reasons only or says nothing', () => {
    const refusal = { type: 'message', content: [{ type: 'refusal', refusal: 'No.' }] };
    const reasoning = {
      type: 'reasoning',
      content: [{ type: 'reasoning_text', text: 'Let me see.' }],
    };

    expect(answer(refusal)).toBe('');
    expect(answer(reasoning)).toBe('');
    expect(answer(message('<think>Let me see.</think>'))).toBe('');
    expect(answer()).toBe('');
    expect(answerText({})).toBe('');
    expect(answerText({ output: null })).toBe('');
  });

  it('is read from content that is a text alone, as some servers write it', () => {
    const message = { type: 'message', content: 'Hello' };

    expect(answer(message)).toBe('Hello');
  });

  it('is read without reasoning and citation markers, message for message', () => {
    expect(
      answer(message('<think>Hm.</think>Yes【4:0†source】.'), message('And [1:2†a.pdf] no')),
    ).toBe('Yes.\n\nAnd no');
  });
});
