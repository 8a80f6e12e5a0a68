import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedKeyIn } from '../../../lambdas/shared/http/repeated-key.ts';

describe('a key that an object names twice', () => {
  it.each([
    ['{"a":1,"a":2}', '"a"'],
    ['{ "a" : 1 , "b" : 2 , "a"\n\t: 3 }', '"a"'],
    ['{"a":{"b":1,"b":2}}', '"b"'],
    ['[[{"x":[{"b":1,"c":2,"b":3}]}]]', '"b"'],
    ['{"a":{"b":1},"c":[{"b":1}],"a":0}', '"a"'],
    ['{"a":1,"\\u0061":2}', '"\\u0061"'],
    ['{"/":1,"\\/":2}', '"\\/"'],
    ['{"":1,"":2}', '""'],
    ['{"__proto__":1,"__proto__":2}', '"__proto__"'],
    ['{"a\\"b":1,"a\\"b":2}', '"a\\"b"'],
    ['{"\\\\":1,"\\\\":2}', '"\\\\"'],
    ['{"a":"}","a":"{"}', '"a"'],
  ])('of %s is %s', (json, key) => {
    expect(repeatedKeyIn(json)).toBe(key);
  });

  it.each([
    '{"a":1,"b":2,"A":3}',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":1}}}',
    '{"a":[{"a":1},{"a":1}],"b":{"a":1}}',
    '{"a":"a","b":"a"}',
    '["a","a"]',
    '{"a":"{\\"b\\":1,\\"b\\":2}"}',
    '{"a":"x\\",\\"a\\":1"}',
    '{"a":"\\\\","b":"\\\\"}',
    '{"toString":1,"constructor":2,"hasOwnProperty":3}',
    '"a"',
    'null',
    '{}',
  ])('is not in %s', (json) => {
    expect(repeatedKeyIn(json)).toBeUndefined();
  });

  it('is shown as far as it helps, however long it is', () => {
    const key = JSON.stringify('k'.repeat(5_000));

    expect(repeatedKeyIn(`{${key}:1,${key}:2}`)?.length).toBeLessThanOrEqual(60);
  });

  it('is never in what was written from a value', () => {
    fc.assert(
      fc.property(fc.json({ depthSize: 'medium' }), (json) => {
        expect(repeatedKeyIn(json)).toBeUndefined();
      }),
    );
  });

  it('is found wherever one is put, and however it is spelled', () => {
    const escaped = (key: string) => `"${key.split('').map(escapeOf).join('')}"`;
    const escapeOf = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const wraps = fc.array(fc.constantFrom('[', '{"in":'), { maxLength: 6 });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.json(), wraps, (key, value, around) => {
        const closing = around.map((open) => (open === '[' ? ']' : '}')).toReversed();
        const inner = `{${JSON.stringify(key)}:${value},"${key.length}…":1,${escaped(key)}:2}`;

        expect(repeatedKeyIn(around.join('') + inner + closing.join(''))).toBeDefined();
      }),
    );
  });
});

describe('the search in 5 MB', () => {
  const mb = 1_000_000;

  it.each([
    ['one long text', `{"a":"${'x'.repeat(5 * mb)}"}`],
    ['a text of escapes', `{"a":"${'\\"'.repeat(2.5 * mb)}"}`],
    ['a text of backslashes', `{"a":"${'\\\\'.repeat(2.5 * mb)}"}`],
    ['white space', `{"a"${' '.repeat(5 * mb)}:1}`],
    ['white space after a text', `["a"${' '.repeat(5 * mb)}]`],
    ['many texts', `[${'"a","b",'.repeat(mb / 2)}1]`],
    ['many brackets', `[${'[],'.repeat(mb)}1]`],
    ['deep brackets', '['.repeat(2.5 * mb) + ']'.repeat(2.5 * mb)],
    ['many keys', `{${Array.from({ length: 400_000 }, (_, n) => `"key${n}":1`).join(',')}}`],
    ['many objects', `[${'{"a":1},'.repeat(mb / 2)}1]`],
  ])('of %s is none', (_, json) => {
    expect(repeatedKeyIn(json)).toBeUndefined();
  });
});
