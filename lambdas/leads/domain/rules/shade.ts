import type { Intent, Priority } from '../insight.ts';
import type { Hint } from './hints.ts';
import type { Signal } from './phrases/phrase.ts';

/** What support and the rest are about, as far as the priority or the action depends on it, and the priority that goes with it. */
export const priorityOfShade = {
  harm: 'P0',
  broken: 'P1',
  how_to: 'P2',
  security: 'P1',
  legal: 'P2',
  suggestion: 'P3',
  closed: 'P3',
  about_us: 'P3',
} as const satisfies Partial<Record<Signal, Priority>>;
export type Shade = keyof typeof priorityOfShade;

/** The shades of an intent; the others have none. */
export const shadesOf: Partial<Record<Intent, readonly Shade[]>> = {
  support: ['harm', 'broken', 'how_to'],
  other: ['security', 'legal', 'suggestion', 'closed', 'about_us'],
};

/** What a phrase of the lexicon counts for its shade, and the least sum that decides. */
const writtenWeight = 2;
const leastWeight = 1;

const alike: Partial<Record<Signal, Shade>> = {
  complaint: 'broken',
  cancellation: 'broken',
  refund: 'broken',
};

/** The signals of a note of this intent, with none of its shades but the one that words and phrases speak for the loudest. */
export function shaded(
  intent: Intent,
  signals: ReadonlySet<Signal>,
  hints: readonly Hint[],
): ReadonlySet<Signal> {
  const own: readonly Signal[] = shadesOf[intent] ?? [];
  const [top] = (shadesOf[intent] ?? [])
    .map((shade) => ({ shade, score: written(shade, signals) + learnt(intent, shade, hints) }))
    .sort((a, b) => b.score - a.score);
  if (!top || top.score < leastWeight) return signals;
  return new Set<Signal>([...signals].filter((each) => !own.includes(each)).concat(top.shade));
}

function written(shade: Shade, signals: ReadonlySet<Signal>): number {
  const says = [...signals].some((each) => each === shade || alike[each] === shade);
  return says ? writtenWeight : 0;
}

function learnt(intent: Intent, shade: Shade, hints: readonly Hint[]): number {
  const own = hints.filter((hint) => hint.intent === intent && hint.shade === shade);
  return own.reduce((sum, { weight }) => sum + weight, 0);
}
