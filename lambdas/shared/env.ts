import * as z from 'zod/mini';
import { alertPerson } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A Lambda's environment by its schema. Throws one error that names every missing or malformed
 * variable, and never a value. An empty variable counts as a missing one.
 */
export function readEnv<Schema extends z.ZodMiniType>(
  schema: Schema,
  environment: Environment = process.env,
): z.output<Schema> {
  const filled = Object.entries(environment).filter(([, value]) => value !== '');
  const result = z.safeParse(schema, Object.fromEntries(filled));
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return environment[name] ? `${name} is malformed` : `${name} is missing`;
  });
  throw alertPerson(
    'environment',
    `The function's environment is incomplete: ${faults.join(', ')}.`,
  );
}

/** A variable that holds a number within bounds, with its default. */
export const numberVariable = (bounds: { min: number; max: number; default: number }) =>
  z._default(
    z.pipe(
      z.pipe(
        z.string(),
        z.transform((text) => Number(text)),
      ),
      z.number().check(z.gte(bounds.min), z.lte(bounds.max)),
    ),
    bounds.default,
  );

/** How many invocations of a worker run at the same time at most; the stack says what its event source has. */
export const workerConcurrency = {
  WORKER_CONCURRENCY: z.pipe(
    z.pipe(
      z.string(),
      z.transform((text) => Number(text)),
    ),
    z.int().check(z.gte(1)),
  ),
};

/** The deployment that a function is part of, such as `replies-engine-prod`; its metrics have this name. */
export function deploymentName(environment: Environment = process.env): string {
  return environment['DEPLOYMENT'] || 'none';
}
