import type { Intent, Priority } from '../insight.ts';
import type { Signal } from './phrases/phrase.ts';

/** What a note says, as far as priority and action depend on it. */
export interface Said {
  signals: ReadonlySet<Signal>;
  /** Nothing but weak words. */
  weak: boolean;
  /** Says what is not wanted. */
  denies: boolean;
  wordCount: number;
}

/** When to act on what is wanted, by bench/triage/guide.md. */
export function priorityOf(intent: Intent, said: Said): Priority {
  switch (intent) {
    case 'buy':
      return priorityOfPurchase(said);
    case 'support':
      return priorityOfNeed(said);
    case 'partner':
      return priorityOfPartner(said);
    case 'job':
      return any(said, 'soon', 'urgent') ? 'P2' : 'P3';
    case 'other':
      return any(said, 'security') ? 'P1' : any(said, 'legal') ? 'P2' : 'P3';
    case 'spam':
      return 'P3';
    default:
      return intent satisfies never;
  }
}

function priorityOfPurchase(said: Said): Priority {
  const near = any(said, 'soon', 'budget', 'ready');
  if (any(said, 'calm')) return near ? 'P2' : 'P3';
  if (any(said, 'urgent')) return 'P0';
  return near || any(said, 'many') ? 'P1' : 'P2';
}

function priorityOfNeed(said: Said): Priority {
  const calm = any(said, 'calm');
  if (any(said, 'harm')) return calm ? 'P1' : 'P0';
  const broken = any(said, 'broken', 'complaint', 'cancellation', 'refund', 'urgent');
  if (broken) return calm ? 'P2' : 'P1';
  return calm ? 'P3' : 'P2';
}

function priorityOfPartner(said: Said): Priority {
  if (any(said, 'calm')) return 'P3';
  if (any(said, 'urgent')) return any(said, 'press') ? 'P0' : 'P1';
  if (any(said, 'soon')) return 'P1';
  return said.weak && said.wordCount <= 12 ? 'P3' : 'P2';
}

/** Whether the note says one of these. */
export function any({ signals }: Said, ...some: readonly Signal[]): boolean {
  return some.some((signal) => signals.has(signal));
}
