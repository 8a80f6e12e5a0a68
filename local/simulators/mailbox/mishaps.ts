import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Effect, Faults } from '../faults.ts';

/** The calls that a mailbox can spoil. */
export const operations = ['emails', 'respond'] as const;
export type Operation = (typeof operations)[number];

const probability = z.number().min(0).max(1).default(0);

/** How often a box misbehaves; which requests it hits is the same for the same seed. */
export const chances = z
  .strictObject({
    /** Answered 503, without any effect. */
    unavailable: probability,
    /** Takes effect, but the connection is cut before the answer. */
    lost: probability,
    /** Takes effect at once, but is answered after `slowMs`. */
    slow: probability,
    slowMs: z.int().min(0).max(600_000).default(2000),
    seed: z.int().default(1),
    operations: z.array(z.enum(operations)).default(['respond']),
  })
  .refine(
    ({ unavailable, lost, slow }) => unavailable + lost + slow <= 1,
    'Expected unavailable, lost and slow to be at most 1 together',
  );
export type Chances = z.output<typeof chances>;

/** What befalls the requests to one box: faults asked for one by one, else by chance. */
export class Mishaps {
  readonly faults = new Faults();
  readonly #attempts = new Map<string, number>();
  #chances: Chances;

  constructor(given: Chances = chances.parse({})) {
    this.#chances = given;
  }

  /** Counts attempts anew, so that the same seed hits the same requests again. */
  set(given: Chances): void {
    this.#chances = given;
    this.#attempts.clear();
  }

  /**
   * What befalls this request. Chance looks at the operation, the subject and how many requests
   * there were with both, so that it does not depend on what comes between.
   */
  next(operation: Operation, subject: string): Effect | undefined {
    const key = `${operation} ${subject}`;
    const attempt = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempt);
    return this.faults.take(operation) ?? this.#byChance(operation, `${key} ${attempt}`);
  }

  #byChance(operation: Operation, request: string): Effect | undefined {
    const { unavailable, lost, slow, slowMs, seed, operations } = this.#chances;
    if (!operations.includes(operation)) return undefined;
    const drawn = evenly(`${seed} ${request}`);
    if (drawn < unavailable)
      return { kind: 'respond', status: 503, body: { error: 'Unavailable' } };
    if (drawn < unavailable + lost) return { kind: 'lose' };
    if (drawn < unavailable + lost + slow) return { kind: 'delay', ms: slowMs };
    return undefined;
  }
}

/** A number in [0, 1) that is always the same for this text. */
const evenly = (text: string) =>
  createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
