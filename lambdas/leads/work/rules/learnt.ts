import type { Intent } from '../insight.ts';
import { type Head, headOf, type KeptHead } from './classifier.ts';
import kept from './learnt.json' with { type: 'json' };

/** What was learnt from labelled notes. */
export interface Learnt {
  intent: Head;
  /** By intent: when to act and what to do, such as `P1 call`; spam has none. */
  steps: Partial<Record<Intent, Head>>;
}

/** The same as it is kept: by `intent`, or by the intent within which it decides. */
export type KeptLearnt = Readonly<Record<string, KeptHead>>;

/** What is kept, ready for use. */
export function learntOf({ intent, ...steps }: KeptLearnt): Learnt {
  if (!intent) throw new Error('Nothing was learnt of intents.');
  const heads = Object.entries(steps).map(([name, head]) => [name, headOf(head)]);
  return { intent: headOf(intent), steps: Object.fromEntries(heads) };
}

/** Made by `npm run bench -- triage learn`. */
export const shipped: Learnt = learntOf(kept);
