import { describe, expect, it } from 'vitest';
import { runtimeLines } from '../../local/cloud/runtime-lines.ts';
import { readableLine } from '../../local/console.ts';

const entry = {
  level: 'WARN',
  message: 'The reply failed and will be tried again.',
  timestamp: '2026-11-21T10:00:01.123Z',
  service: 'reply',
  function_name: 'replies-engine-reply-processor-local',
  conversation_id: 'c_1',
  error: { error_name: 'Error' },
};

describe('a log line on the console', () => {
  it('is what a person reads: time, level, words and ids', () => {
    expect(readableLine(JSON.stringify(entry), false)).toBe(
      '10:00:01 WARN  reply   The reply failed and will be tried again. conversation_id=c_1 error={"error_name":"Error"}',
    );
  });

  it('tells an error and its causes without their stacks', () => {
    const cause = { error_name: 'TypeError', frames: ['at a (index.js:1:2)'] };
    const error = { error_code: 'store', error_message: 'Away.', frames: ['at b'], cause };

    expect(readableLine(JSON.stringify({ ...entry, error }), false)).toContain(
      'error={"error_code":"store","error_message":"Away.","cause":{"error_name":"TypeError"}}',
    );
  });

  it('cannot steer the terminal, whatever a value holds', () => {
    const title = '\u001b]0;pwned\u0007';
    const hostile = {
      ...entry,
      message: `a${title}`,
      to: `${title}\n10:00`,
      error: { at: '\u009b' },
    };

    const coloured = readableLine(JSON.stringify(hostile), true) ?? '';
    const plain = [hostile, title, runtimeLines.invokeError('r1', new Error(title))].map((one) =>
      readableLine(typeof one === 'string' ? one : JSON.stringify(one), false),
    );

    expect(coloured.replace('\u001b[33mWARN  reply  \u001b[0m', '')).not.toMatch(/[\p{Cc}]/u);
    expect(plain[0]).toContain('error={"at":"\\u009b"} to=\\u001b]0;pwned\\u0007\\u000a10:00');
    for (const line of plain) expect(line?.replaceAll('\n', '')).not.toMatch(/[\p{Cc}]/u);
  });

  it('leaves metrics out', () => {
    expect(readableLine('{"_aws":{},"RepliesSent":1}', false)).toBeUndefined();
  });

  it('of an error that was thrown has its stack, one place a line', () => {
    const thrown = new TypeError('No such thing.');
    thrown.stack = 'TypeError: No such thing.\n    at a (index.js:1:2)';

    expect(readableLine(runtimeLines.invokeError('r1', thrown), false)).toMatch(
      /^\d\d:\d\d:\d\d ERROR Invoke Error: TypeError: No such thing\.\n {4}at a \(index\.js:1:2\)$/,
    );
  });

  it('stays as it is where it is no entry of a log', () => {
    expect(readableLine('{broken', false)).toBe('{broken');
    expect(readableLine('Error: out of memory', true)).toBe('Error: out of memory');
  });
});
