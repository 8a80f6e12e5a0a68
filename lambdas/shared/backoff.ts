/**
 * Seconds until the next try: doubles from `baseSeconds` with each failed attempt (1, 2, …) up to
 * `capSeconds`, the upper half of it by chance, so that those who failed together do not return together.
 */
export function backoffSeconds(
  attempt: number,
  random: () => number,
  { baseSeconds = 2, capSeconds = 120 } = {},
): number {
  const ceiling = Math.min(capSeconds, baseSeconds * 2 ** Math.max(0, attempt - 1));
  return Math.ceil(ceiling / 2 + (random() * ceiling) / 2);
}
