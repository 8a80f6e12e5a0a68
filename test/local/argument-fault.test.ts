import { parseArgs } from 'node:util';
import { describe, expect, it } from 'vitest';
import { argumentFault } from '../../local/argument-fault.ts';

const options = { limit: { type: 'string' }, yes: { type: 'boolean' } } as const;

function faultOf(args: string[]): string | undefined {
  try {
    parseArgs({ args, options });
    return undefined;
  } catch (error) {
    return argumentFault(error);
  }
}

describe('what is wrong with the arguments of a command', () => {
  it.each([
    [['--nonsense'], 'There is no option --nonsense (--help shows all).'],
    [['-x'], 'There is no option -x (--help shows all).'],
    [['--limit'], '--limit takes a value; one that begins with a hyphen is written --limit=-1.'],
    [
      ['--limit', '-1'],
      '--limit takes a value; one that begins with a hyphen is written --limit=-1.',
    ],
    [['--yes=3'], '--yes takes no value.'],
    [['rex', 'the cat'], 'Unexpected: rex (--help shows what it takes).'],
    [[], undefined],
  ])('%j', (args, said) => {
    expect(faultOf(args)).toBe(said);
  });

  it('is said of arguments alone', () => {
    expect(argumentFault(new Error('The disk is full.'))).toBeUndefined();
  });
});
