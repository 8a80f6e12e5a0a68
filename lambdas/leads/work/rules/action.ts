import type { Intent, NextAction, Priority } from '../insight.ts';
import { any, type Said } from './priority.ts';
import type { Word } from './words.ts';

/** What to do first, by bench/triage/guide.md. */
export function actionOf(
  intent: Intent,
  priority: Priority,
  said: Said,
  words: readonly Word[],
): NextAction {
  switch (intent) {
    case 'buy':
      return actionOnPurchase(priority, said);
    case 'support':
    case 'partner':
    case 'job':
      return 'forward';
    case 'spam':
      return 'ignore';
    case 'other':
      return actionOnRest(said, words);
    default:
      return intent satisfies never;
  }
}

const bareWords = 2;
const wordyNote = 9;

function actionOnPurchase(priority: Priority, said: Said): NextAction {
  const hasty = priority === 'P0' || priority === 'P1';
  if (!hasty && (said.weak ? said.wordCount < wordyNote : said.wordCount <= bareWords))
    return 'qualify';
  return hasty && !any(said, 'in_writing') ? 'call' : 'email';
}

const asks =
  /^(what|which|who|whom|whose|when|where|why|how|is|are|am|do|does|did|can|could|would|will|whats|should|has|have)$/;
const addressed =
  /^(you|your|yours|youre|u|we|us|our|ihr|ihre|ihnen|sie|vous|votre|usted|ustedes|su|vostro|voi|voce|voces|vossa|app|account|service|product|company|website|office)$/;
const clearWords = 6;

function actionOnRest(said: Said, words: readonly Word[]): NextAction {
  if (any(said, 'legal', 'security', 'suggestion')) return 'forward';
  if (said.denies || any(said, 'closed')) return 'ignore';
  if (any(said, 'about_us')) return 'email';
  const question = words.some(({ text }, index) => index < 3 && asks.test(text));
  const toUs = words.some(({ text }) => addressed.test(text));
  if (question && (toUs || words.length >= clearWords)) return toUs ? 'email' : 'ignore';
  return 'qualify';
}
