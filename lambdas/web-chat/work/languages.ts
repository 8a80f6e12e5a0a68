/**
 * Of the languages that are offered, the one that fits what a browser asks for: the same, else one that begins alike
 * (`pt-BR` for `pt`, and `pt` for `pt-PT`), else the first.
 */
export function languageFor(asked: string | undefined, offered: readonly string[]): string {
  const [first = 'en'] = offered;
  if (!asked) return first;
  const wanted = asked.toLowerCase();
  const same = offered.find((one) => one.toLowerCase() === wanted);
  return same ?? offered.find((one) => primaryOf(one) === primaryOf(wanted)) ?? first;
}

export const primaryOf = (language: string): string => language.toLowerCase().split('-')[0] ?? '';
