/**
 * How often the intent was right on the tuning half of bench/triage, by the margin between its score and the next one:
 * margins in order, pooled until the shares rise (isotonic), each share with one right and one wrong note added. Made by
 * bench/triage/calibration.ts with the lexicon as it was before it was widened by the mistakes on bench/triage/later.jsonl,
 * because a lexicon looks too sure on the notes that it was made from.
 */
const reliability: readonly { margin: number; right: number }[] = [
  { margin: 0, right: 0.5 },
  { margin: 1, right: 0.73 },
  { margin: 2, right: 0.8 },
  { margin: 3, right: 0.93 },
  { margin: 4, right: 0.99 },
];

/** The probability that an intent with this margin is right. */
export function confidenceOf(margin: number): number {
  const row = reliability.findLast((each) => margin >= each.margin);
  return row?.right ?? 0;
}
