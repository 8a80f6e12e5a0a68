import en from '../languages/en.json' with { type: 'json' };
import type { WidgetConfig } from './wire.ts';

/** The title is the company's own. */
export type Texts = typeof en & { title: string };

const loaders: Record<string, () => Promise<{ default: Partial<typeof en> }>> = {
  ar: () => import('../languages/ar.json'),
  de: () => import('../languages/de.json'),
  es: () => import('../languages/es.json'),
  fr: () => import('../languages/fr.json'),
};

const rightToLeft = ['ar', 'dv', 'fa', 'he', 'ku', 'ps', 'ur', 'yi'];

export const directionOf = (language: string): 'rtl' | 'ltr' =>
  rightToLeft.includes(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';

/** Our texts in the company's language, its own over them. */
export async function textsOf({ language, name, texts }: WidgetConfig): Promise<Texts> {
  const ours = await loaders[language.split('-')[0] ?? '']?.().catch(() => undefined);
  return { ...en, ...ours?.default, title: name, ...texts };
}

/** A text with its values: `{count} files`. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
