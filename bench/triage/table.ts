import { intents } from '../../lambdas/leads/domain/insight.ts';
import {
  keyedWords,
  type Learnt,
  type LearntTable,
  learntOf,
} from '../../lambdas/leads/domain/rules/hints.ts';
import { type Shade, shadesOf } from '../../lambdas/leads/domain/rules/shade.ts';
import { wordsOf } from '../../lambdas/leads/domain/rules/words.ts';
import type { LabelledLead } from './leads.ts';
import { learn } from './learning.ts';

const leastWeight = 0.1;

/** What is learnt from these notes, as lambdas/leads/domain/rules/learnt.json keeps it, whose scale is the lexicon's. */
export function tableFrom(leads: readonly LabelledLead[]): LearntTable {
  const ofIntents = learnt(leads, intents, ({ intent }) => intent);
  const ofShades = Object.entries(shadesOf).flatMap(([intent, own]) => {
    const some = leads.filter((lead) => lead.intent === intent);
    const names = [...own, 'none'];
    const tables = learnt(some, names, (lead) => shadeOf(lead) ?? 'none');
    return tables.flatMap(([shade, table]) =>
      shade === 'none' ? [] : ([[`${intent} ${shade}`, table]] as const),
    );
  });
  return Object.fromEntries([...ofIntents, ...ofShades]);
}

type Weighed = readonly [string, Record<string, string>];

function learnt(
  leads: readonly LabelledLead[],
  names: readonly string[],
  nameOf: (lead: LabelledLead) => string,
): Weighed[] {
  const examples = leads.map((lead) => ({
    keys: keysOf(lead),
    label: names.indexOf(nameOf(lead)),
  }));
  const weights = learn(examples, names.length);
  return names.map((name, k) => {
    const own = [...weights].map(([key, each]) => [key, each[k] ?? 0] as const);
    return [name, byWeight(own)];
  });
}

const keysOf = ({ note }: LabelledLead): Set<string> =>
  new Set(keyedWords(wordsOf(note)).flatMap(({ keys }) => keys));

/** The shade that a label means. */
function shadeOf({ intent, priority, next_action }: LabelledLead): Shade | undefined {
  if (intent === 'support')
    return priority === 'P0' ? 'harm' : priority === 'P1' ? 'broken' : 'how_to';
  if (intent !== 'other' || next_action === 'qualify') return undefined;
  if (next_action === 'email') return 'about_us';
  if (next_action === 'ignore') return 'closed';
  return priority === 'P1' ? 'security' : priority === 'P2' ? 'legal' : 'suggestion';
}

function byWeight(keys: readonly (readonly [string, number])[]): Record<string, string> {
  const lines = new Map<string, string[]>();
  for (const [key, weight] of [...keys].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const rounded = weight.toFixed(1);
    if (Number(rounded) >= leastWeight) lines.set(rounded, [...(lines.get(rounded) ?? []), key]);
  }
  const sorted = [...lines].sort(([a], [b]) => Number(b) - Number(a));
  return Object.fromEntries(sorted.map(([weight, some]) => [weight, some.join(',')]));
}

const foldCount = 5;

/** Each note with what is learnt from all but its fold: what is said of it is as of a note never seen. */
export function folds(leads: readonly LabelledLead[]): { lead: LabelledLead; learnt: Learnt }[] {
  return Array.from({ length: foldCount }, (_, fold) => fold).flatMap((fold) => {
    const rest = leads.filter((_, index) => index % foldCount !== fold);
    const learnt = learntOf(tableFrom(rest));
    return leads.filter((_, index) => index % foldCount === fold).map((lead) => ({ lead, learnt }));
  });
}
