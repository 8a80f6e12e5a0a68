/** The process has ended: nothing that it does any more has an effect. */
export class Death extends Error {}

/** Ends a process at its nth call, before or after the call has taken effect. */
export interface Fate {
  call<T>(effect: () => Promise<T>): Promise<T>;
}

export const noFate: Fate = { call: (effect) => effect() };

export function deathAt(nth: number, when: 'before' | 'after'): Fate & { happened(): boolean } {
  let calls = 0;
  return {
    happened: () => calls >= nth,
    async call(effect) {
      calls += 1;
      if (calls > nth || (calls === nth && when === 'before')) throw new Death();
      const result = await effect();
      if (calls >= nth) throw new Death();
      return result;
    },
  };
}
