import { describe, expect, it } from 'vitest';
import {
  type Check,
  findingsOf,
  fix,
  lineOf,
  ofStack,
  ok,
  reached,
  withoutEchoes,
} from '../../../bin/doctor/check.ts';

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

describe('missing credentials', () => {
  const finding = (check: string, text: string) => ({ check, status: 'FIX' as const, text });

  it('are said once', () => {
    const found = [
      finding('credentials', 'log in'),
      finding('stack', 'log in'),
      finding('clock', 'an hour off'),
    ];

    expect(withoutEchoes(found)).toEqual([
      found[0],
      { check: 'stack', status: 'skip', text: 'see credentials.' },
      found[2],
    ]);
  });

  it('hide nothing where there are some', () => {
    const found = [finding('stack', 'no answer'), finding('secrets', 'no answer')];

    expect(withoutEchoes(found)).toEqual(found);
  });
});

describe('a server that does not answer', () => {
  it('is named, with why', async () => {
    await expect(reached('http://127.0.0.1:9/v1/models', {})).rejects.toThrow(
      /^127\.0\.0\.1:9 cannot be reached \(.+\): check the network\.$/,
    );
  });
});

describe('a stack that is not there', () => {
  const checks = ['secrets', 'companies', 'twilio'].map((name) =>
    check(name, async () => [fix('The stack is not there: check --stage.')]),
  );
  const of = (stack: object | undefined) =>
    findingsOf(
      ofStack(async () => stack, checks),
      explain,
    );

  it('is said once, by its own check, and by no other', async () => {
    for (const { status, text } of await of(undefined)) {
      expect([status, text]).toEqual(['skip', 'see stack.']);
    }
  });

  it('hides nothing where it is there', async () => {
    expect((await of({})).map(({ status }) => status)).toEqual(['FIX', 'FIX', 'FIX']);
  });
});
