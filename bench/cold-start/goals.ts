import type { Comparison } from './measure.ts';

/** What a start may take, as a ratio of load times. */
export interface Goal {
  says: string;
  atMost: number;
  reached: number;
}

/** The goals that these comparisons tell of; one that was not measured is missing. */
export function goalsOf(comparisons: Comparison[]): Goal[] {
  const of = (name: string) => comparisons.find((one) => one.name === name);
  const receive = of('whatsapp-replies/receive');
  const reply = of('whatsapp-replies/reply-processor');
  return [
    { says: 'receive / naive', atMost: 0.35, reached: receive?.ratio.loadMs },
    {
      says: 'receive / a handler with only a queue',
      atMost: 1.15,
      reached: receive?.toQueueHandler,
    },
    { says: 'reply / naive', atMost: 0.5, reached: reply?.ratio.loadMs },
  ].flatMap(({ reached, ...goal }) => (reached === undefined ? [] : [{ ...goal, reached }]));
}
