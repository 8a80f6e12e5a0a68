/** A pattern that is read here alone by CloudWatch itself; its message says what is read here too. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/**
 * Whether CloudWatch's filter pattern takes a line, for the patterns that the runbook uses: terms, phrases and
 * alternatives (`?`) in any line, and comparisons of texts, joined by `||`, in a line of JSON. Any other is a PatternError.
 */
export function takes(pattern: string, line: string): boolean {
  const trimmed = pattern.trim();
  return trimmed.startsWith('{') ? takesJson(trimmed, line) : takesTerms(trimmed, line);
}

const comparison = /^\$((?:\.\w+)+) = "([^"]*)"$/;

function takesJson(pattern: string, line: string): boolean {
  const inner = /^\{ (.+) \}$/.exec(pattern)?.[1] ?? '';
  const comparisons = inner.split(' || ').map((one) => {
    const [, path = '', wanted = ''] = comparison.exec(one) ?? [];
    if (!path) throw new PatternError(`Expected comparisons of texts in ${pattern}, got ${one}.`);
    return { path: path.slice(1).split('.'), wanted: textLike(wanted) };
  });
  const entry = parse(line);
  return comparisons.some(({ path, wanted }) => wanted.test(String(fieldOf(entry, path) ?? '')));
}

/** A `*` stands for any characters. */
const textLike = (wanted: string): RegExp =>
  new RegExp(`^${wanted.split('*').map(RegExp.escape).join('.*')}$`);

const fieldOf = (entry: unknown, path: string[]): unknown =>
  path.reduce((at, name) => (at as Record<string, unknown> | undefined)?.[name], entry);

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function takesTerms(pattern: string, line: string): boolean {
  if (!/^(\??("[^"]+"|[\w-]+)( |$))*$/.test(pattern)) {
    throw new PatternError(`Expected terms and phrases in the pattern ${pattern}.`);
  }
  const terms = [...pattern.matchAll(/(\??)(?:"([^"]+)"|([\w-]+))/g)].map(
    ([, optional, phrase, word]) => ({ optional: optional === '?', text: phrase ?? word ?? '' }),
  );
  const found = terms.map(({ text }) => hasWhole(line, text));
  const optional = terms.filter((term) => term.optional).length;
  // CloudWatch ignores alternatives beside terms that must be there.
  if (optional > 0 && optional < terms.length)
    throw new PatternError(`Expected either terms or alternatives in ${pattern}, got both.`);
  return optional > 0 ? found.some(Boolean) : found.every(Boolean);
}

/** Words are found whole. */
const hasWhole = (line: string, text: string): boolean => {
  const edge = (at: string) => (/\w/.test(at) ? '\\b' : '');
  return new RegExp(edge(text[0] ?? '') + RegExp.escape(text) + edge(text.at(-1) ?? '')).test(line);
};
