import { describe, expect, it } from 'vitest';
import { type Check, findingsOf, fix, lineOf, ok } from '../../../bin/doctor/check.ts';

const explain = (error: unknown) => `explained: ${(error as Error).message}`;
const check = (name: string, look: Check['look']): Check => ({ name, look });
const slow = () => new Promise<never>(() => {});

describe('the checks of a deployment', () => {
  it('stand in their order, whichever is done first', async () => {
    const findings = await findingsOf(
      [
        check('late', async () => {
          await Promise.resolve();
          return [ok('a'), fix('b')];
        }),
        check('early', async () => [ok('c')]),
      ],
      explain,
    );

    expect(findings.map(({ check: name, text }) => `${name} ${text}`)).toEqual([
      'late a',
      'late b',
      'early c',
    ]);
  });

  it('never hide each other by failing or by not answering', async () => {
    let wasAborted = false;
    const findings = await findingsOf(
      [
        check('broken', async () => {
          throw new Error('no');
        }),
        check('silent', (signal) => {
          signal.addEventListener('abort', () => {
            wasAborted = true;
          });
          return slow();
        }),
        check('sound', async () => [ok('yes')]),
      ],
      explain,
      5,
    );

    expect(findings).toMatchObject([
      { status: 'FIX', check: 'broken', text: 'explained: no' },
      { status: 'warn', check: 'silent', text: expect.stringContaining('no answer within') },
      { status: 'ok', check: 'sound' },
    ]);
    expect(wasAborted).toBe(true);
  });

  it('are one line each, whatever was found', () => {
    const line = lineOf({ status: 'ok', check: 'x', text: 'a\n b \u001b[2J' }, 3);

    expect(line).toBe('ok   x   a b \\u001b[2J');
  });
});
