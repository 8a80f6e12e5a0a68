/**
 * How often the intent was right on the notes of bench/triage that the lexicon was not made on, each judged with what was
 * learnt from other notes, by the share that the classifier gave it: shares in order, pooled until the figures rise
 * (isotonic). Made by `npm run bench -- triage learn`, see bench/triage/calibration.ts.
 */
const reliability: readonly { share: number; right: number }[] = [
  { share: 0, right: 0.26 },
  { share: 0.337, right: 0.39 },
  { share: 0.381, right: 0.43 },
  { share: 0.486, right: 0.52 },
  { share: 0.572, right: 0.57 },
  { share: 0.62, right: 0.58 },
  { share: 0.729, right: 0.66 },
  { share: 0.75, right: 0.68 },
  { share: 0.769, right: 0.73 },
  { share: 0.792, right: 0.78 },
  { share: 0.863, right: 0.79 },
  { share: 0.88, right: 0.84 },
  { share: 0.896, right: 0.89 },
  { share: 0.92, right: 0.9 },
  { share: 0.939, right: 0.91 },
  { share: 0.97, right: 0.94 },
  { share: 0.978, right: 0.96 },
  { share: 0.998, right: 0.98 },
];

/** The probability that an intent with this share of the classifier is right. */
export function confidenceOf(share: number): number {
  const row = reliability.findLast((each) => share >= each.share);
  return row?.right ?? 0;
}
