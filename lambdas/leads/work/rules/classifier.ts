import type { Features } from './features.ts';

/** A classifier as it is kept: a weight of each key for each class is one sign, 0 the sign in the middle. */
export interface KeptHead {
  classes: readonly string[];
  bias: readonly number[];
  /** What one step between signs is worth. */
  step: number;
  /** Parted by line ends. */
  keys: string;
  /** For each key as many signs as there are classes. */
  weights: string;
}

/** A multinomial logistic regression over the features of a note. */
export interface Head {
  classes: readonly string[];
  bias: readonly number[];
  /** By key, a weight for each class. */
  weights: ReadonlyMap<string, readonly number[]>;
}

const firstSign = 48;
/** Weights are kept as signs from `0` to `P`. */
export const mostSteps = 16;

export const signOf = (steps: number): string => String.fromCharCode(firstSign + mostSteps + steps);

/** A classifier ready for use. */
export function headOf({ classes, bias, step, keys, weights }: KeptHead): Head {
  const rows = keys.split('\n').map((key, row) => {
    const own = classes.map((_, k) => weights.charCodeAt(row * classes.length + k));
    return [key, own.map((code) => (code - firstSign - mostSteps) * step)] as const;
  });
  return { classes, bias, weights: new Map(rows) };
}

/** The probability of each class, in the order of the classes. */
export function sharesOf(head: Head, features: Features): number[] {
  const scores = [...head.bias];
  for (const [key, value] of features) {
    const own = head.weights.get(key);
    if (own) for (const [k, weight] of own.entries()) scores[k] = (scores[k] ?? 0) + weight * value;
  }
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
