/** What is learnt from: the keys that stand in a note, and which class is right. */
export interface Example {
  keys: ReadonlySet<string>;
  label: number;
}

/** Weights per key and class, none below zero. */
export type Weights = ReadonlyMap<string, readonly number[]>;

interface Row {
  indices: number[];
  label: number;
}

// Chosen by cross-validation on the tuning notes; L1 leaves most words without a weight, L2 keeps each small.
const course = { l1: 0.0002, l2: 0.003, leastNotes: 2, rounds: 80, rate: 0.5 };

/**
 * The weights with which softmax(sum of the weights of the keys) fits the labels best: proximal gradient with a step per
 * weight (AdaGrad), cut at zero, so that each word speaks for something and never against it.
 */
export function learn(examples: readonly Example[], classes: number): Weights {
  const keys = commonKeys(examples);
  const rows = examples.map(({ keys: own, label }): Row => {
    return { indices: [...own].flatMap((key) => keys.get(key) ?? []), label };
  });
  const weights = new Float64Array(keys.size * classes);
  const squares = new Float64Array(weights.length).fill(1e-8);
  for (let round = 0; round < course.rounds; round++) {
    step(weights, squares, gradientOf(rows, weights, classes));
  }
  const rowOf = (index: number) => [...weights.subarray(index * classes, (index + 1) * classes)];
  return new Map([...keys].map(([key, index]) => [key, rowOf(index)]));
}

function commonKeys(examples: readonly Example[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { keys } of examples) {
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const common = [...counts].filter(([, count]) => count >= course.leastNotes);
  return new Map(common.map(([key], index) => [key, index]));
}

function gradientOf(rows: readonly Row[], weights: Float64Array, classes: number): Float64Array {
  const gradient = new Float64Array(weights.length);
  for (const { indices, label } of rows) {
    const scores = Array.from({ length: classes }, (_, k) => sumOf(indices, weights, classes, k));
    for (const [k, share] of softmax(scores).entries()) {
      const error = (share - Number(k === label)) / rows.length;
      for (const index of indices) {
        const at = index * classes + k;
        gradient[at] = (gradient[at] ?? 0) + error;
      }
    }
  }
  return gradient;
}

function sumOf(indices: readonly number[], weights: Float64Array, classes: number, k: number) {
  return indices.reduce((sum, index) => sum + (weights[index * classes + k] ?? 0), 0);
}

function step(weights: Float64Array, squares: Float64Array, gradient: Float64Array): void {
  for (const [index, slope] of gradient.entries()) {
    const weight = weights[index] ?? 0;
    const full = slope + course.l2 * weight;
    const square = (squares[index] ?? 0) + full * full;
    squares[index] = square;
    const size = course.rate / Math.sqrt(square);
    weights[index] = Math.max(0, weight - size * (full + course.l1));
  }
}

/** Shares that add up to one. */
function softmax(scores: readonly number[]): number[] {
  const top = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
