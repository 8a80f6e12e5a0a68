/**
 * How often the intent was right on the notes of bench/triage that the lexicon was not made on, each judged with what was
 * learnt from other notes, by the share that the classifier gave it: shares in order, pooled until the figures rise
 * (isotonic). Made by `npm run bench -- triage learn`, see bench/triage/calibration.ts.
 */
const reliability: readonly { share: number; right: number }[] = [
  { share: 0, right: 0.27 },
  { share: 0.325, right: 0.31 },
  { share: 0.367, right: 0.39 },
  { share: 0.489, right: 0.5 },
  { share: 0.62, right: 0.65 },
  { share: 0.67, right: 0.69 },
  { share: 0.758, right: 0.76 },
  { share: 0.835, right: 0.79 },
  { share: 0.868, right: 0.83 },
  { share: 0.917, right: 0.89 },
  { share: 0.945, right: 0.93 },
  { share: 0.979, right: 0.96 },
  { share: 0.991, right: 0.97 },
  { share: 0.998, right: 0.98 },
];

/** The probability that an intent with this share of the classifier is right. */
export function confidenceOf(share: number): number {
  const row = reliability.findLast((each) => share >= each.share);
  return row?.right ?? 0;
}
