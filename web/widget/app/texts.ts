import en from '../languages/en.json' with { type: 'json' };

export type Texts = typeof en;

const loaders: Record<string, () => Promise<{ default: Partial<Texts> }>> = {
  ar: () => import('../languages/ar.json'),
  de: () => import('../languages/de.json'),
  es: () => import('../languages/es.json'),
  fr: () => import('../languages/fr.json'),
};

const rightToLeft = ['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'ur', 'yi'];

/** The first language of these that there are texts for: ours, or the company's own. */
export function languageOf(
  wanted: readonly (string | null | undefined)[],
  own: readonly string[],
): string {
  const known = ['en', ...Object.keys(loaders), ...own];
  for (const one of wanted) {
    const tag = one?.toLowerCase();
    const found = known.find((name) => name.toLowerCase() === tag || name === tag?.split('-')[0]);
    if (found) return found;
  }
  return 'en';
}

export const directionOf = (language: string): 'rtl' | 'ltr' =>
  rightToLeft.includes(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';

type Own = Record<string, string | Record<string, string>>;

/** Our texts in a language, the company's own over them: those for all languages, then those of this one. */
export async function textsIn(language: string, own: Own = {}): Promise<Texts> {
  const ours = await loaders[language]?.().catch(() => undefined);
  const ofLanguage = own[language];
  const plain = Object.entries(own).filter(([, text]) => typeof text === 'string');
  return {
    ...en,
    ...ours?.default,
    ...Object.fromEntries(plain),
    ...(typeof ofLanguage === 'object' && ofLanguage),
  };
}

/** A text with its values: `{count} files`. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
