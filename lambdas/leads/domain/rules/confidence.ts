/**
 * How often the intent was right on the notes of bench/triage that the lexicon was not made on, each judged with what was
 * learnt from other notes, by the share that the classifier gave it: shares in order, pooled until the figures rise
 * (isotonic). Made by `npm run bench -- triage learn`, see bench/triage/calibration.ts.
 */
const reliability: readonly { share: number; right: number }[] = [
  { share: 0, right: 0.29 },
  { share: 0.325, right: 0.36 },
  { share: 0.435, right: 0.39 },
  { share: 0.482, right: 0.52 },
  { share: 0.58, right: 0.6 },
  { share: 0.655, right: 0.69 },
  { share: 0.7, right: 0.71 },
  { share: 0.8, right: 0.76 },
  { share: 0.839, right: 0.81 },
  { share: 0.875, right: 0.82 },
  { share: 0.922, right: 0.84 },
  { share: 0.932, right: 0.91 },
  { share: 0.967, right: 0.96 },
  { share: 0.994, right: 0.97 },
];

/** The probability that an intent with this share of the classifier is right. */
export function confidenceOf(share: number): number {
  const row = reliability.findLast((each) => share >= each.share);
  return row?.right ?? 0;
}
