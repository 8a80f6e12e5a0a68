/** A count with its noun: `1 company`, `2 companies`; most nouns take an s. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
