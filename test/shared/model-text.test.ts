import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasReasoning,
  jsonText,
  plainAnswer,
  withoutReasoning,
} from '../../lambdas/shared/model-text.ts';

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
    'analysis\nWe look.\nassistantfinal\nYes.',
    'assistantfinalYes.',
    '<think type="deep">We look.</think>Yes.',
    '<analysis>We look.</analysis>Yes.',
    '<antThinking>We look.</antThinking>Yes.',
    '<inner_monologue>We look.</inner_monologue>Yes.',
    '<reasoning_content>We look.</reasoning_content>Yes.',
    '<thinking>We look.</thinking><response>Yes.</response>',
    '<|START_THINKING|>We look.<|END_THINKING|><|START_RESPONSE|>Yes.<|END_RESPONSE|>',
    '<|think|>We look.<|/think|>Yes.<|im_end|>',
  ])('is taken off: %j', (text) => {
    expect(plainAnswer(text)).toBe('Yes.');
    expect(hasReasoning(text) || /analysis|assistantfinal/.test(text)).toBe(true);
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
    'Yes.<|im_end|>',
    'Yes.</s>\n',
    '<|begin_of_box|>Yes.<|end_of_box|>',
    '<output>Yes.</output>',
  ])('takes along the marks of a model’s own format: %j', (text) => {
    expect(plainAnswer(text)).toBe('Yes.');
  });

  it.each([
    'I think so.',
    'Dear Ada,\n<reason>\nYours',
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
    'We open at nine [oaicite:0].',
    'We open at nine ([4:0†source]).',
    'We open at nine (【4:0†source】, 【4:1†source】).',
    'We open at nine [4:0†source](sandbox:/a.pdf).',
    'We open at nine [4:0†Hours [new].pdf].',
    'We open at nine【4:0†【2024】hours.pdf】.',
    'We open at nine［4:0†source］〔5†a〕.',
    'We open at nineciteturn0search1.',
    'We open at nine【turn0search1】.',
  ])('is taken off with the space before it: %j', (text) => {
    expect(plainAnswer(text)).toBe('We open at nine.');
  });

  it.each([
    'See [the hours](https://a.example).',
    'Died [† 1999] in Rome',
    '【公告】九点开门',
    '[1] One',
    'We open (at nine), cite us',
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
