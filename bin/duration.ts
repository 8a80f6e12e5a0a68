const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A time span in its two largest units, such as `2 h 5 min`; below a minute with tenths, below a tenth in milliseconds. */
export function spanOf(ms: number): string {
  const span = Math.max(0, Math.round(ms));
  if (span < 100) return `${span} ms`;
  if (span < 60_000) return `${(span / 1000).toFixed(1)} s`;
  const first = units.findIndex(([, size]) => span >= size);
  let rest = span;
  const parts = units.slice(first, first + 2).flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count} ${unit}`] : [];
  });
  return parts.join(' ');
}
