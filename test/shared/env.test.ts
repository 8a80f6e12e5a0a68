import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { numberVariable, readEnv } from '../../lambdas/shared/env.ts';

const schema = z.object({
  TABLE: z.string(),
  QUEUE: z.string(),
  BASE_URL: z.string().check(z.regex(/^https:/)),
  DAYS: numberVariable({ min: 1, max: 10, default: 7 }),
  EXTRA: z.optional(z.string()),
});

const complete = { TABLE: 't', QUEUE: 'q', BASE_URL: 'https://x' };

describe('an environment', () => {
  it('is read with its defaults', () => {
    expect(readEnv(schema, { ...complete, UNRELATED: 'x' })).toEqual({ ...complete, DAYS: 7 });
  });

  it('names all that is missing or malformed at once, and no value', () => {
    const broken = { QUEUE: '', BASE_URL: 'the-value', DAYS: 'many' };

    expect(() => readEnv(schema, broken)).toThrow(
      expect.objectContaining({
        next: 'alert',
        message:
          "The function's environment is incomplete: TABLE is missing, QUEUE is missing, " +
          'BASE_URL is malformed, DAYS is malformed.',
      }),
    );
  });

  it('takes an empty variable for a missing one', () => {
    expect(readEnv(schema, { ...complete, DAYS: '', EXTRA: '' })).toEqual({ ...complete, DAYS: 7 });
  });

  it.each(['0', '11', 'x', '-1', 'Infinity', '5 days'])('takes no number such as %j', (DAYS) => {
    expect(() => readEnv(schema, { ...complete, DAYS })).toThrow('DAYS is malformed');
  });
});
