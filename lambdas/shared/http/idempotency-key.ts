import * as z from 'zod/mini';
import type { Problem } from './problem.ts';

/** The name of the header. */
export const keyHeader = 'Idempotency-Key';

/** The longest key that is taken, in characters. */
const maxKeyChars = 255;

const bounds = { error: `It has 1 to ${maxKeyChars} characters.` };

/** The header as part of a route; `what` says in the document what a key means there. */
export const idempotencyKey = (what: string) =>
  z
    .string()
    .check(z.trim(), z.minLength(1, bounds), z.maxLength(maxKeyChars, bounds), z.describe(what));

/** Refuses a request without a key where the route needs one. */
export const keyMissing = (detail: string): Problem => ({
  type: 'idempotency-key-missing',
  title: 'The Idempotency-Key is missing',
  status: 400,
  detail,
});

/** Refuses a key that came with another request before. */
export const keyReused: Problem = {
  type: 'idempotency-key-reused',
  title: 'The key was used for another request',
  status: 409,
  detail: 'An Idempotency-Key stands for one request: use a new key for a new one.',
};

/** Lets a caller wait whose key belongs to a request that has not ended. */
export const keyInFlight: Problem = {
  type: 'idempotency-key-in-flight',
  title: 'The same request is being handled',
  status: 409,
  detail: 'Another request with this Idempotency-Key has not ended yet: send it again in a second.',
  headers: { 'retry-after': '1' },
};
