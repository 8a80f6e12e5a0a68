import type { Context } from 'hono';
import { problemResponse } from './problem.ts';

/** The longest `Idempotency-Key` that is taken, in characters. */
export const maxKeyChars = 255;

/** Refuses a key that came with another request before. */
export const keyReused = (c: Context): Response =>
  problemResponse(c, {
    type: 'idempotency-key-reused',
    title: 'The key was used for another request',
    status: 409,
    detail: 'An Idempotency-Key stands for one request: use a new key for a new one.',
  });
