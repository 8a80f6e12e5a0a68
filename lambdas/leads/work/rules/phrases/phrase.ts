import type { Intent, Priority } from '../../insight.ts';

/** What a phrase says beyond its intent; priority, action and tags follow from it. */
export type Signal =
  | 'urgent'
  | 'soon'
  | 'calm'
  | 'budget'
  | 'ready'
  | 'many'
  | 'harm'
  | 'broken'
  | 'how_to'
  | 'pricing'
  | 'demo'
  | 'trial'
  | 'integration'
  | 'complaint'
  | 'cancellation'
  | 'refund'
  | 'press'
  | 'legal'
  | 'security'
  | 'suggestion'
  | 'about_us'
  | 'closed'
  | 'vague'
  | 'in_writing';

/**
 * Phrases that say the same. They are parted by commas; `word*` is any word that begins so, `~` is up to three words in
 * between.
 */
export interface PhraseGroup {
  speaks_for: Intent | Priority;
  weight: number;
  signal?: Signal;
  phrases: string;
}
