import { say } from '../command.ts';
import { spanOf } from '../duration.ts';

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
  /** Where it is not over: the command that shows whether it is a dead letter. */
  open?: string;
  /** Customers' and companies' words, only where they were asked for. */
  words?: Record<string, string>;
}

/** A step where its time is known. */
export const stepAt = (at: number | string | undefined, what: string): Step[] => {
  const time = typeof at === 'string' ? Date.parse(at) : at;
  return time === undefined || Number.isNaN(time) ? [] : [{ at: time, what }];
};

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
