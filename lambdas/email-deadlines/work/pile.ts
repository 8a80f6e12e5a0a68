import type { ReadyMessage } from '../messages.ts';
import { type ReadyEmail, ReadyHeap } from './ready-heap.ts';

/** What waits of one run for the model, or only to be sent. */
export interface Pile<E extends ReadyEmail> {
  run: string;
  needsModel: boolean;
  heap: ReadyHeap<E>;
  /** Workers that are about to take something of it. */
  asking: number;
  blockedUntil: number;
}

/** The pile that a message belongs to, made where there was none. */
export function pileOf<E extends ReadyEmail>(
  piles: Map<string, Pile<E>>,
  run: string,
  { drafted }: ReadyMessage,
): Pile<E> {
  const needsModel = !drafted;
  const name = `${run} ${needsModel}`;
  const known = piles.get(name);
  if (known) return known;
  const pile = { run, needsModel, heap: new ReadyHeap<E>(), asking: 0, blockedUntil: 0 };
  piles.set(name, pile);
  return pile;
}
