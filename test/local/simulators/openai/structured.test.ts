import { describe, expect, it } from 'vitest';
import { refusalOf, running } from './running.ts';

const model = 'gpt-5.6-luna';
const sorting = {
  type: 'object',
  properties: {
    kind: { type: 'string', enum: ['a', 'b', 'c'] },
    sure: { type: 'number' },
    count: { type: 'integer' },
    yes: { type: 'boolean' },
    words: { type: 'array', items: { type: 'string' } },
    inner: {
      type: 'object',
      properties: { text: { type: 'string' } },
      required: ['text'],
      additionalProperties: false,
    },
  },
  required: ['kind', 'sure', 'count', 'yes', 'words', 'inner'],
  additionalProperties: false,
};

const formatOf = (schema: Record<string, unknown>, strict = true) => ({
  type: 'json_schema' as const,
  name: 'sorting',
  strict,
  schema,
});

interface Sorted {
  kind: string;
  sure: number;
  count: number;
  yes: boolean;
  words: string[];
  inner: { text: string };
}

describe('a structured output', () => {
  const ask = async (input: string, schema: Record<string, unknown> = sorting, strict = true) => {
    const { client } = await running();
    const text = { format: formatOf(schema, strict) };
    return client.responses.create({ model, input, text });
  };

  it('fits its schema, field by field', async () => {
    const { output_text } = await ask('Where is my order?');
    const sorted = JSON.parse(output_text) as Sorted;

    expect(Object.keys(sorted)).toEqual(Object.keys(sorting.properties));
    expect(['a', 'b', 'c']).toContain(sorted.kind);
    expect(sorted.sure).toBeGreaterThanOrEqual(0);
    expect(sorted.sure).toBeLessThanOrEqual(1);
    expect(Number.isInteger(sorted.count)).toBe(true);
    expect(typeof sorted.yes).toBe('boolean');
    expect(sorted.words.every((word) => typeof word === 'string')).toBe(true);
    expect(typeof sorted.inner.text).toBe('string');
  });

  it('is the same for the same text, and not for every other', async () => {
    const texts = ['one', 'one', 'two', 'three', 'four', 'five'];
    const outputs = await Promise.all(texts.map(async (text) => (await ask(text)).output_text));

    expect(outputs[0]).toBe(outputs[1]);
    const kinds = outputs.map((output) => (JSON.parse(output) as Sorted).kind);
    expect(new Set(kinds).size).toBeGreaterThan(1);
  });

  const { additionalProperties: _, ...open } = sorting;
  const loose: [string, Record<string, unknown>, string][] = [
    ['an open object', open, "'additionalProperties' is required"],
    ['a field that is not required', { ...sorting, required: ['kind'] }, "Missing 'sure'"],
    [
      'an open object in a field',
      { ...sorting, properties: { ...sorting.properties, inner: { type: 'object' } } },
      "'properties', 'inner'",
    ],
    [
      'an open object in a list',
      {
        ...sorting,
        properties: { ...sorting.properties, words: { type: 'array', items: open } },
      },
      "'words', 'items'",
    ],
  ];

  it.each(loose)('is refused for %s, as the real one does', async (_, schema, told) => {
    const refusal = await refusalOf(ask('Hi', schema));

    expect(refusal).toMatchObject({ status: 400, code: 'invalid_json_schema' });
    expect(refusal.message).toContain(told);
  });

  it('may be loose where it is not strict', async () => {
    expect(JSON.parse((await ask('Hi', open, false)).output_text)).toHaveProperty('kind');
  });
});
