import type { Intent } from '../insight.ts';
import { intents } from '../insight.ts';
import type { Cue } from './cues.ts';

/** What a lead wants, what else it may want, and how far the two are apart. */
export interface Choice {
  intent: Intent;
  scores: Readonly<Record<Intent, number>>;
  margin: number;
}

/** Below that there is too little to say what a note wants. */
const minScore = 0.3;
/** What is denied speaks against an intent half as loud as it would speak for it. */
const denialShare = 0.5;
/** Harm and money come first where several intents are about as strong; see the guide of the labels. */
const harmShare = 0.8;

/** Whether the lexicon knows next to nothing of what the note says. */
export const isVague = ({ scores }: Choice): boolean =>
  intents.every((intent) => scores[intent] < minScore);

/** The intent with the strongest words, harm before purchases before the rest. */
export function chooseIntent(cues: readonly Cue[]): Choice {
  const scores = scoresOf(cues);
  const ranked = [...intents].sort((a, b) => scores[b] - scores[a]);
  const top = ranked[0] ?? 'other';
  const intent = scores[top] < minScore ? 'other' : preferred(top, scores, cues);
  const rival = Math.max(...intents.filter((each) => each !== intent).map((each) => scores[each]));
  return { intent, scores, margin: Math.abs(scores[intent] - rival) };
}

function scoresOf(cues: readonly Cue[]): Record<Intent, number> {
  const scores = { buy: 0, support: 0, partner: 0, job: 0, spam: 0, other: 0 };
  for (const { speaks_for, weight } of cues) {
    for (const intent of intents) {
      if (speaks_for === intent) scores[intent] += weight;
      if (speaks_for === `not ${intent}`) scores[intent] -= weight * denialShare;
    }
  }
  return scores;
}

const harms: ReadonlySet<Cue['signal']> = new Set([
  'harm',
  'complaint',
  'cancellation',
  'refund',
  'broken',
] as const);

function preferred(top: Intent, scores: Record<Intent, number>, cues: readonly Cue[]): Intent {
  if (top === 'spam' || top === 'other') return top;
  const harm = cues.some(({ signal }) => harms.has(signal));
  if (harm && scores.support >= scores[top] * harmShare) return 'support';
  return top !== 'support' && scores.buy > scores[top] * harmShare && scores.buy >= 4 ? 'buy' : top;
}
