import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Effect, Faults } from '../faults.ts';

/** The calls of a mailbox that can fail. */
export const operations = ['emails', 'respond'] as const;
export type Operation = (typeof operations)[number];

const probability = z.number().min(0).max(1).default(0);

/** How often requests to a box fail; the same seed hits the same requests. */
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

/** The faults of one box: those asked for one by one, else by chance. */
export class FaultInjection {
  readonly faults = new Faults();
  readonly #attempts = new Map<string, number>();
  #chances: Chances;

  constructor(given: Chances = chances.parse({})) {
    this.#chances = given;
  }

  /** Restarts the count of attempts, so that the same seed hits the same requests again. */
  setChances(given: Chances): void {
    this.#chances = given;
    this.#attempts.clear();
  }

  /**
   * The fault of this request, if any. Chance depends on the operation, the subject and how many
   * requests had both, so other requests in between do not change it.
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
