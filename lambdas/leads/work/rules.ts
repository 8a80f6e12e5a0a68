import type { Intent, NextAction, NoteClassification, Priority } from './insight.ts';
import { automaticIn } from './rules/automatic.ts';
import { type Head, sharesOf } from './rules/classifier.ts';
import { confidenceOf } from './rules/confidence.ts';
import { explanationOf } from './rules/explanation.ts';
import { featuresWithin } from './rules/features.ts';
import { type Learnt, shipped } from './rules/learnt.ts';
import { type Reading, read, saidWithin } from './rules/reading.ts';
import { tagsOf } from './rules/tags.ts';
import { writtenIn } from './rules/written.ts';

/** Changes whenever a note may be classified in another way. */
export const rulesVersion = '3';

/** What a lead wants, how soon to act and what to do, with the words that say so; in time linear in the note. */
export function classify(note: string, learnt: Learnt = shipped): NoteClassification {
  const text = writtenIn(note);
  const machine = automaticIn(text);
  if (machine) return automaticClassification(note.slice(machine.start, machine.end));
  const reading = read(note, text);
  const { intent, share } = intentOf(reading, learnt);
  const { priority, next_action } = stepOf(reading, intent, learnt);
  return {
    intent,
    priority,
    next_action,
    confidence: confidenceOf(share),
    tags: tagsOf(reading, intent, priority),
    explanation: explanationOf(reading, intent, priority, learnt),
  };
}

/** How likely the classifier takes its choice of an intent for right, of which the confidence is made. */
export function shareOf(note: string, learnt: Learnt = shipped): number {
  const text = writtenIn(note);
  return automaticIn(text) ? 1 : intentOf(read(note, text), learnt).share;
}

const maxPhraseChars = 80;

/** Whom nobody wrote, nobody waits for. */
const automaticClassification = (phrase: string): NoteClassification => ({
  intent: 'other',
  priority: 'P3',
  next_action: 'ignore',
  confidence: confidenceOf(1),
  tags: ['automatic'],
  explanation: [{ phrase: phrase.slice(0, maxPhraseChars), speaks_for: 'other', weight: 6 }],
});

/** Who is about as likely a seller is not taken for a buyer: on notes held back, as many are right, and half as many sellers pass. */
const sellerFrom = 0.7;

function intentOf(reading: Reading, learnt: Learnt): { intent: Intent; share: number } {
  if (reading.words.length === 0) return { intent: 'other', share: 0 };
  const all = ranked(learnt.intent, sharesOf(learnt.intent, reading.features));
  const spam = all.find(({ name }) => name === 'spam');
  const isSeller = all[0]?.name === 'buy' && (spam?.share ?? 0) >= all[0].share * sellerFrom;
  const top = isSeller ? spam : all[0];
  return { intent: (top?.name ?? 'other') as Intent, share: top?.share ?? 0 };
}

/** From this share of the urgent classes on a note is P0: one that is missed costs more than one too many. */
const urgentFrom = 0.2;

function stepOf(
  reading: Reading,
  intent: Intent,
  learnt: Learnt,
): { priority: Priority; next_action: NextAction } {
  const head = learnt.steps[intent];
  if (!head) return { priority: 'P3', next_action: 'ignore' };
  if (reading.words.length === 0) return { priority: 'P3', next_action: 'qualify' };
  const said = saidWithin(reading, intent);
  const all = ranked(
    head,
    sharesOf(head, featuresWithin(reading.features, intent, said, reading.words)),
  );
  const urgent = all.filter(({ name }) => name.startsWith('P0'));
  const isUrgent = urgent.reduce((sum, { share }) => sum + share, 0) >= urgentFrom;
  const [top] = isUrgent ? urgent : all.filter((each) => !urgent.includes(each));
  const [priority, next_action] = (top?.name ?? 'P3 qualify').split(' ');
  return { priority: priority as Priority, next_action: next_action as NextAction };
}

const ranked = (head: Head, shares: readonly number[]) =>
  head.classes
    .map((name, k) => ({ name, share: shares[k] ?? 0 }))
    .sort((a, b) => b.share - a.share);
