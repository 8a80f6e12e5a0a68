import type { HistoryEntry } from '../../lambdas/shared/queue/outcome.ts';
import { spanOf } from '../duration.ts';
import { say } from '../output.ts';

/** One thing that happened. */
export interface Step {
  /** Milliseconds since the epoch. */
  at: number;
  what: string;
}

/** What happened to something, in the order of time, and how it stands. */
export interface Timeline {
  /** What it is, by ids. */
  title: string;
  state: string;
  steps: Step[];
  /** Where it is not over: the command that shows its dead letter, if there is one. */
  open?: string;
  /** Whether it is known to be a dead letter. */
  dead?: boolean;
  /** Customers' and companies' words, only where they were asked for. */
  words?: Record<string, string>;
}

/** A step where its time is known. */
export const stepAt = (at: number | string | undefined, what: string): Step[] => {
  const time = typeof at === 'string' ? Date.parse(at) : at;
  return time === undefined || Number.isNaN(time) ? [] : [{ at: time, what }];
};

const whatHappened = {
  failed: (code: string) => `failed: ${code}; it is tried again`,
  dead: (code: string) => `failed permanently: ${code}; it goes to the dead letters`,
  redriven: () => 'taken up again, from the dead letters',
};

/** The tries that failed, and what became of them. */
export const historySteps = (history: readonly HistoryEntry[] = []): Step[] =>
  history.flatMap(({ at, what, error_code }) =>
    stepAt(at, whatHappened[what](error_code ?? 'no code')),
  );

/** Whether the last that happened to it is that it became a dead letter; with the code that says why. */
export function deadBy(history: readonly HistoryEntry[] = []): string | undefined {
  const last = history.at(-1);
  return last?.what === 'dead' ? (last.error_code ?? 'no code') : undefined;
}

/** By time; what happened at the same moment stays in its order. */
export const inOrder = (steps: Step[]): Step[] => steps.toSorted((a, b) => a.at - b.at);

/** Each step with the time since the one before, and the whole at the end. */
export function sayTimeline({ title, state, steps, words }: Timeline): void {
  say(`${title}: ${state}`);
  for (const [index, { at, what }] of steps.entries()) {
    const before = steps[index - 1];
    const span = before ? `+${spanOf(at - before.at)}` : '';
    say(`  ${new Date(at).toISOString()}  ${span.padStart(13)}  ${what}`);
  }
  const [first, last] = [steps[0], steps.at(-1)];
  if (first && last && steps.length > 1) say(`  ${spanOf(last.at - first.at)} in all`);
  for (const [name, text] of Object.entries(words ?? {})) say(`  ${name}: ${text}`);
}
