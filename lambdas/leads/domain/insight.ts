/** What a lead wants. */
export const intents = ['buy', 'support', 'partner', 'job', 'spam', 'other'] as const;
export type Intent = (typeof intents)[number];

/** How soon somebody should act: within the hour, today, this week, or when there is time, if ever. */
export const priorities = ['P0', 'P1', 'P2', 'P3'] as const;
export type Priority = (typeof priorities)[number];

/** What to do: call, email, ask back what is meant, hand over to another department, or nothing. */
export const nextActions = ['call', 'email', 'qualify', 'forward', 'ignore'] as const;
export type NextAction = (typeof nextActions)[number];

/** Words of the note as they stand there, and what they speak for. */
export interface Evidence {
  phrase: string;
  speaks_for: string;
  weight: number;
}

/** What somebody who read the note makes of it. */
export interface Judgement {
  intent: Intent;
  priority: Priority;
  next_action: NextAction;
  /** How likely intent and priority are right, from 0 to 1. */
  confidence: number;
  tags: string[];
  explanation: Evidence[];
}
