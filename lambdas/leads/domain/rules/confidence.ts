/**
 * How often the intent was right on the notes of bench/triage that the lexicon was not made on, each judged with what was
 * learnt from other notes, by the margin between its score and the next one: margins in order, pooled until the shares
 * rise (isotonic). Made by `npm run bench -- triage learn`, see bench/triage/calibration.ts.
 */
const reliability: readonly { margin: number; right: number }[] = [
  { margin: 0, right: 0.41 },
  { margin: 0.2, right: 0.45 },
  { margin: 0.3, right: 0.65 },
  { margin: 1, right: 0.71 },
  { margin: 1.5, right: 0.74 },
  { margin: 2.1, right: 0.76 },
  { margin: 2.7, right: 0.84 },
  { margin: 3.2, right: 0.92 },
  { margin: 3.7, right: 0.94 },
  { margin: 4.9, right: 0.95 },
  { margin: 5.8, right: 0.98 },
];

/** The probability that an intent with this margin is right. */
export function confidenceOf(margin: number): number {
  const row = reliability.findLast((each) => margin >= each.margin);
  return row?.right ?? 0;
}
