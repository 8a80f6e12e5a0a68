import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answerText,
  hasReasoning,
  jsonText,
  plainAnswer,
  withoutReasoning,
} from '../../../lambdas/vendors/openai/answer-text.ts';

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
    ['你好。我们九点开门。', ['你好。', '我们九点开门。']],
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

describe('reasoning of a model', () => {
  it.each([
    '<think>We look.</think>Yes.',
    '<think>\nWe look.\n\nAnd look.\n</think>\n\nYes.',
    '<thinking>We look.</thinking>\nYes.',
    '<THINK>We look.</Think>Yes.',
    '<thought>We look.</thought>Yes.',
    '<reasoning>We look.</reasoning>Yes.',
    '<seed:think>We look.</seed:think>Yes.',
    '[THINK]We look.[/THINK]Yes.',
    '◁think▷We look.◁/think▷Yes.',
    '<|begin_of_thought|>We look.<|end_of_thought|>Yes.',
    'We look.</think>Yes.',
    '</think>\nYes.',
    '<think></think>Yes.',
    '<think>One</think><think>two</think>Yes.',
    '<think>One <think>two</think> three</think>Yes.',
    'Yes.<think>Was that right?</think>',
    'Yes.\n<think>Was that right? It was cut',
    'Yes.\n\n<thinking>',
    '<think>We look.</think><answer>Yes.</answer>',
    '<|channel|>analysis<|message|>We look.<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>',
    'analysisWe look.assistantfinalYes.',
  ])('is taken off: %j', (text) => {
    expect(plainAnswer(text)).toBe('Yes.');
    expect(hasReasoning(text) || text.includes('analysis')).toBe(true);
  });

  it('is taken off between two parts of an answer, which both stay', () => {
    expect(withoutReasoning('One.\n<think>Hm</think>\nTwo.')).toBe('One.\n\nTwo.');
  });

  it.each([
    '<think>We look, and the answer is cut',
    '<think>',
    'We look.</think>',
    '<|channel|>analysis<|message|>We look and',
  ])('alone is no answer: %j', (text) => {
    expect(plainAnswer(text)).toBe('');
  });

  it.each([
    'I think so.',
    'Type `<think>` to begin, and `</think>` to end.',
    'You wrote <think>, what is it?',
    'Our analysis is done. The assistant final check too.',
    '',
  ])('is not seen in an answer that has none: %j', (text) => {
    expect(plainAnswer(text)).toBe(text);
  });

  it('is never left over, whatever stands around its tags', () => {
    const piece = fc.constantFrom('<think>', '</think>', '\n', 'words', ' ', '<thinking>');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        expect(withoutReasoning(pieces.join(''))).not.toMatch(/<\/think/);
      }),
    );
  });
});

describe('citation marker', () => {
  it.each([
    'We open at nine【4:0†source】.',
    'We open at nine 【13†hours.pdf】.',
    'We open at nine [4:0†source].',
    'We open at nine [4†L12-L14][5:1†hours.pdf].',
    'We open at nine \ue200filecite\ue202turn0file1\ue201.',
    'We open at nine citeturn0search1turn2view0.',
    'We open at nine :contentReference[oaicite:0]{index=0}.',
  ])('is taken off with the space before it: %j', (text) => {
    expect(plainAnswer(text)).toBe('We open at nine.');
  });

  it.each([
    'See [the hours](https://a.example).',
    'Died [† 1999] in Rome',
    '【公告】九点开门',
    '[1] One',
  ])('is not what people write between brackets: %j', (text) => {
    expect(plainAnswer(text)).toBe(text);
  });
});

describe('answer in JSON', () => {
  it.each([
    '{"a":1}',
    '<think>{"a":2}</think>\n{"a":1}',
    '```json\n{"a":1}\n```',
    '```\n{"a":1}\n```',
    'We look.</think>```json\n{"a":1}\n```',
    '<|channel|>final<|message|>{"a":1}',
  ])('is the JSON alone: %j', (text) => {
    expect(JSON.parse(jsonText(text))).toEqual({ a: 1 });
  });

  it('keeps what its own texts say of tags', () => {
    const text = '{"phrases":["</think> hi","```"]}';

    expect(jsonText(text)).toBe(text);
  });
});
