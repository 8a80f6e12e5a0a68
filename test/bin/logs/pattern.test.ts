import { describe, expect, it } from 'vitest';
import { takes } from '../../../bin/logs/filter-pattern.ts';
import { patternOf } from '../../../bin/logs/pattern.ts';

const line = (fields: object) => JSON.stringify({ level: 'WARN', ...fields });

describe('the pattern of a search', () => {
  it('is what was typed, and takes every line where nothing was', () => {
    expect(patternOf({ pattern: '"A phrase."' })).toBe('"A phrase."');
    expect(takes(patternOf({}), line({}))).toBe(true);
  });

  it('finds by level what failed, or also what is tried again', () => {
    expect(takes(patternOf({ level: 'error' }), line({}))).toBe(false);
    expect(takes(patternOf({ level: 'warn' }), line({}))).toBe(true);
    expect(takes(patternOf({ level: 'error' }), '… Task timed out after 60.00 seconds')).toBe(true);
  });

  it.each([
    [{ error_code: 'openai_busy' }, true],
    [{ error: { error_code: 'run_failed' } }, true],
    [{ error: { error_code: 'store' } }, false],
    [{}, false],
  ])('finds by code, wherever a line has it: %j', (fields, isFound) => {
    expect(takes(patternOf({ code: ['openai_*', 'run_*'] }), line(fields))).toBe(isFound);
  });

  it('is one at a time', () => {
    expect(() => patternOf({ pattern: 'x', level: 'warn' })).toThrow('only one at a time');
  });
});
