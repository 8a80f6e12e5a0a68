/**
 * How often the intent was right on the tuning half of bench/triage, by the margin between its score and the next one.
 * Made by `npm run bench -- triage`, which prints it: margins in order, pooled until the shares rise (isotonic), each
 * share with one right and one wrong note added.
 */
export const reliability: readonly { margin: number; right: number }[] = [
  { margin: 0, right: 0.5 },
];

/** The probability that an intent with this margin is right. */
export function confidenceOf(margin: number): number {
  const row = reliability.findLast((each) => margin >= each.margin);
  return row?.right ?? 0;
}
