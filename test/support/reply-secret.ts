import type { CachedSecret } from '../../lambdas/vendors/aws/secrets.ts';

export interface FakeSecret<T> extends CachedSecret<T> {
  /** How often it was asked to be fetched again. */
  readonly refreshes: number;
}

/** A secret that is rotated: each refresh shows the next of its values, the last one for ever. */
export function aSecret<T>(...values: [T, ...T[]]): FakeSecret<T> {
  let refreshes = 0;
  return {
    get refreshes() {
      return refreshes;
    },
    get: async () => values[Math.min(refreshes, values.length - 1)] ?? values[0],
    refresh: async () => {
      refreshes += 1;
      return true;
    },
  };
}
