/** What a lead can want; each meaning is in bench/triage/guide.md. */
export const intents = ['buy', 'support', 'partner', 'job', 'spam', 'other'] as const;
/** When to act: within the hour, today, this week, when there is time or never. */
export const priorities = ['P0', 'P1', 'P2', 'P3'] as const;
/** What to do: `qualify` asks back what they need, `forward` hands over to another department. */
export const nextActions = ['call', 'email', 'qualify', 'forward', 'ignore'] as const;

/** What a lead wants. */
export type Intent = (typeof intents)[number];
/** How soon to act. */
export type Priority = (typeof priorities)[number];
/** What to do first. */
export type NextAction = (typeof nextActions)[number];

/** Words of the note and what they speak for. */
export interface Evidence {
  /** As it stands in the note, cut to 80 characters. */
  phrase: string;
  /** An intent, a priority, or `not buy` for an intent that the note denies. */
  speaks_for: string;
  weight: number;
}

/** What a note means for those who answer leads. */
export interface NoteClassification {
  intent: Intent;
  priority: Priority;
  next_action: NextAction;
  /** The probability that the intent is right, 0 to 1. */
  confidence: number;
  tags: string[];
  explanation: Evidence[];
}
