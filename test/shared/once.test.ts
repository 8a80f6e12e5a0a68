import { describe, expect, it } from 'vitest';
import { once } from '../../lambdas/shared/once.ts';

describe('thing made once', () => {
  it('is made on first use, and the same one from then on', () => {
    const made: object[] = [];
    const thing = once(() => {
      made.push({});
      return made.at(-1);
    });
    const before = made.length;

    const uses = [thing(), thing(), thing()];

    expect(before).toBe(0);
    expect(made).toHaveLength(1);
    expect(new Set(uses).size).toBe(1);
  });

  it('is kept even if it is nothing', () => {
    let made = 0;
    const thing = once(() => {
      made += 1;
      return undefined;
    });

    expect([thing(), thing()]).toEqual([undefined, undefined]);
    expect(made).toBe(1);
  });

  it('is tried again on the next use when its making failed', () => {
    let ready = false;
    const thing = once(() => {
      if (!ready) throw new Error('Not yet.');
      return 'made';
    });
    expect(thing).toThrow('Not yet.');
    ready = true;

    expect(thing()).toBe('made');
  });
});
