import en from '../languages/en.json' with { type: 'json' };

export type Texts = typeof en;

const loaders: Record<string, () => Promise<{ default: Partial<Texts> }>> = {
  ar: () => import('../languages/ar.json'),
  de: () => import('../languages/de.json'),
  es: () => import('../languages/es.json'),
  fr: () => import('../languages/fr.json'),
};

const rightToLeft = ['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'ur', 'yi'];

export const directionOf = (language: string): 'rtl' | 'ltr' =>
  rightToLeft.includes(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';

/** Our texts in a language, the company's own over them. */
export async function textsIn(
  language: string,
  own: Readonly<Record<string, string>>,
): Promise<Texts> {
  const ours = await loaders[language.split('-')[0] ?? '']?.().catch(() => undefined);
  return { ...en, ...ours?.default, ...own };
}

/** A text with its values: `{count} files`. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
