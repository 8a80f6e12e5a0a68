import { describe, expect, it } from 'vitest';
import { explain, readCall } from '../../bin/command.ts';

const pets = {
  name: 'pets',
  usage: 'How to keep pets.',
  options: { food: { type: 'string' }, loud: { type: 'boolean', default: false } },
  actions: {
    feed: { asks: ['Which pet?', 'When?'], options: ['food'] },
    call: { asks: ['Which pet?'], options: ['loud'] },
  },
} as const;

const read = (...args: string[]) => readCall(pets, args);

describe('the arguments of a command', () => {
  it('name an action, what it is for, and options wherever they stand', () => {
    const call = read('--food', 'hay', 'feed', 'rex', 'at noon');

    expect(call).toMatchObject({
      action: 'feed',
      given: ['rex', 'at noon'],
      values: { food: 'hay' },
      target: { stage: 'local', prefix: 'replies-engine' },
    });
  });

  it.each([[[]], [['--help']], [['feed', 'rex', '-h']]])('ask for the usage by %j', (args) => {
    expect(read(...args)).toBeUndefined();
  });

  it.each([
    [['sell'], 'There is no "sell": use feed or call (--help shows all).'],
    [['toString'], 'There is no "toString"'],
    [['feed'], 'Which pet?'],
    [['feed', 'rex'], 'When?'],
    [['call', 'rex', 'the', 'cat'], 'Unexpected: the cat. Quote texts.'],
    [['call', 'rex', '--food', 'hay'], 'pets call takes no --food'],
    [['call', 'rex', '--stage', 'moon'], '--stage is "moon": choose local, dev, prod'],
    [['call', 'rex', '--prefix', 'No Name'], '--prefix'],
  ])('refuse %j', (args, said) => {
    expect(() => read(...args)).toThrow(said);
  });

  it('lead to the next command for the same deployment', () => {
    const hintOf = (...target: string[]) => read('call', 'rex', ...target)?.hint('npm run pets');

    expect(hintOf()).toBe('npm run pets');
    expect(hintOf('--stage', 'prod', '--prefix', 'zoo')).toBe(
      'npm run pets --stage prod --prefix zoo',
    );
  });

  it('are few where a command does one thing only', () => {
    const one = { name: 'one', usage: '', options: {}, actions: { '': {} } } as const;

    expect(readCall(one, [])).toMatchObject({ action: '', given: [] });
    expect(() => readCall(one, ['thing'])).toThrow('Unexpected: thing');
  });
});

describe('what a person is told of an error', () => {
  it('says what to check where nobody answers', () => {
    const cause = Object.assign(new Error('x'), { code: 'ENOTFOUND' });

    expect(explain(new Error('fetch failed', { cause }))).toBe(
      'No answer (fetch failed (ENOTFOUND)): check the network, and AWS_ENDPOINT_URL if it is set.',
    );
  });
});
