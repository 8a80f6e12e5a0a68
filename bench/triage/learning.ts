import { type KeptHead, mostSteps, signOf } from '../../lambdas/leads/work/rules/classifier.ts';
import type { Features } from '../../lambdas/leads/work/rules/features.ts';

/** What is learnt from: what a note is made of, and which class is right. */
export interface Example {
  features: Features;
  label: string;
}

interface Row {
  indices: Int32Array;
  values: Float64Array;
  label: number;
}

/** How hard is learnt. */
export interface Course {
  /** Leaves most keys without a weight. */
  l1: number;
  /** Keeps each weight small. */
  l2: number;
  /** In so many notes at least a key must stand. */
  leastNotes: number;
}

const rounds = 60;
const rate = 0.5;

/** The multinomial logistic regression that fits the labels best: proximal gradient with a step per weight (AdaGrad). */
export function learn(
  examples: readonly Example[],
  classes: readonly string[],
  course: Course,
): KeptHead {
  const keys = commonKeys(examples, course.leastNotes);
  const rows = examples.map(({ features, label }): Row => {
    const known = [...features].filter(([key]) => keys.has(key));
    return {
      indices: Int32Array.from(known, ([key]) => keys.get(key) ?? 0),
      values: Float64Array.from(known, ([, value]) => value),
      label: classes.indexOf(label),
    };
  });
  const weights = fitted(rows, keys.size, classes.length, course);
  return kept([...keys.keys()], weights, classes);
}

function commonKeys(examples: readonly Example[], leastNotes: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { features } of examples) {
    for (const key of features.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const common = [...counts].filter(([, count]) => count >= leastNotes);
  const sorted = common.map(([key]) => key).sort();
  return new Map(sorted.map((key, index) => [key, index]));
}

/** By key and class; the biases behind them. */
function fitted(rows: readonly Row[], keys: number, classes: number, course: Course): Float64Array {
  const weights = new Float64Array((keys + 1) * classes);
  const squares = new Float64Array(weights.length).fill(1e-8);
  const gradient = new Float64Array(weights.length);
  for (let round = 0; round < rounds; round++) {
    fillGradient(gradient, rows, weights, classes);
    step(weights, squares, gradient, keys * classes, course);
  }
  return weights;
}

const valueAt = (values: Float64Array, index: number): number => values[index] as number;

function fillGradient(
  gradient: Float64Array,
  rows: readonly Row[],
  weights: Float64Array,
  classes: number,
): void {
  const bias = weights.length - classes;
  const errors = new Float64Array(classes);
  gradient.fill(0);
  for (const { indices, values, label } of rows) {
    errors.set(weights.subarray(bias));
    for (let j = 0; j < indices.length; j++) {
      const from = (indices[j] as number) * classes;
      const value = valueAt(values, j);
      for (let k = 0; k < classes; k++) {
        errors[k] = valueAt(errors, k) + valueAt(weights, from + k) * value;
      }
    }
    softmax(errors);
    for (let k = 0; k < classes; k++) {
      errors[k] = (valueAt(errors, k) - Number(k === label)) / rows.length;
      gradient[bias + k] = valueAt(gradient, bias + k) + valueAt(errors, k);
    }
    for (let j = 0; j < indices.length; j++) {
      const from = (indices[j] as number) * classes;
      const value = valueAt(values, j);
      for (let k = 0; k < classes; k++) {
        gradient[from + k] = valueAt(gradient, from + k) + valueAt(errors, k) * value;
      }
    }
  }
}

function step(
  weights: Float64Array,
  squares: Float64Array,
  gradient: Float64Array,
  biases: number,
  { l1, l2 }: Course,
): void {
  for (let index = 0; index < weights.length; index++) {
    const weight = valueAt(weights, index);
    const isBias = index >= biases;
    const slope = valueAt(gradient, index) + (isBias ? 0 : l2 * weight);
    if (slope === 0) continue;
    const square = valueAt(squares, index) + slope * slope;
    squares[index] = square;
    const size = rate / Math.sqrt(square);
    const moved = weight - size * slope;
    weights[index] = isBias ? moved : Math.sign(moved) * Math.max(0, Math.abs(moved) - size * l1);
  }
}

function softmax(scores: Float64Array): void {
  const top = Math.max(...scores);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(valueAt(scores, k) - top);
    sum += valueAt(scores, k);
  }
  for (let k = 0; k < scores.length; k++) scores[k] = valueAt(scores, k) / sum;
}

/** The weights in steps, and of the keys those that have a weight. */
function kept(
  keys: readonly string[],
  weights: Float64Array,
  classes: readonly string[],
): KeptHead {
  const bias = weights.subarray(keys.length * classes.length);
  const most = weights
    .subarray(0, bias.byteOffset / 8)
    .reduce((top, weight) => Math.max(top, Math.abs(weight)), 0);
  const size = Number((most / mostSteps).toPrecision(3)) || 1;
  const stepsOf = (row: number) =>
    classes.map((_, k) => {
      const steps = Math.round(valueAt(weights, row * classes.length + k) / size);
      return Math.max(-mostSteps, Math.min(mostSteps, steps)) || 0;
    });
  const rows = keys.map((key, row) => ({ key, steps: stepsOf(row) }));
  const heavy = rows.filter(({ steps }) => steps.some((each) => each !== 0));
  return {
    classes,
    bias: [...bias].map((value) => Number(value.toFixed(3))),
    step: size,
    keys: heavy.map(({ key }) => key).join('\n'),
    weights: heavy.flatMap(({ steps }) => steps.map(signOf)).join(''),
  };
}
