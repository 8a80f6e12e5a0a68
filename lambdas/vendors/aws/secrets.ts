import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Clock, systemClock } from '../../shared/clock.ts';
import { callFailed, EngineError, retryLater } from '../../shared/errors.ts';
import { secretsClient } from './clients.ts';

/** A secret that is fetched once, kept for a while, and fetched again on request. */
export interface CachedSecret<T> {
  /** A value that was good once stays in use for as long as Secrets Manager is away. */
  get(): Promise<T>;
  /** Fetches again, at most every ten seconds whatever is asked; false when it was too soon. */
  refresh(): Promise<boolean>;
}

const keepMs = 15 * 60_000;
const refreshAtMostEveryMs = 10_000;
/** After a fetch that failed, the value of before is used this long: each fetch that fails may take ten seconds. */
const retryMs = 60_000;

/** A secret of the deployment, in the function's own region where the environment names no other. */
export const secretOf = <T>(
  env: { SECRETS_MANAGER_REGION?: string | undefined },
  secretId: string,
  parse: (stored: string) => T,
): CachedSecret<T> =>
  cachedSecret(secretsClient(env.SECRETS_MANAGER_REGION), secretId, parse, systemClock);

/** `parse` turns the stored string into what the caller needs and throws on a malformed one. */
export function cachedSecret<T>(
  client: SecretsManagerClient,
  secretId: string,
  parse: (stored: string) => T,
  clock: Pick<Clock, 'now'>,
): CachedSecret<T> {
  let good: { value: T } | undefined;
  let kept: { value: Promise<T>; until: number } | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  const fetchNow = () => {
    const value = fetchSecret(client, secretId).then((stored) => parsed(stored, secretId, parse));
    const latest = { value, until: clock.now() + keepMs };
    kept = latest;
    value.then(
      (fetched) => {
        good = { value: fetched };
      },
      (error) => {
        if (kept !== latest) return;
        kept = good && isAway(error) ? goodFor(good.value, clock.now() + retryMs) : undefined;
      },
    );
    return value;
  };
  return {
    get: async () => {
      try {
        return await (kept && clock.now() < kept.until ? kept.value : fetchNow());
      } catch (error) {
        if (good && isAway(error)) return good.value;
        throw error;
      }
    },
    refresh: async () => {
      if (clock.now() - refreshedAt < refreshAtMostEveryMs) return false;
      refreshedAt = clock.now();
      await fetchNow();
      return true;
    },
  };
}

const goodFor = <T>(value: T, until: number) => ({ value: Promise.resolve(value), until });

/** A secret that was emptied or spoilt is no outage: whoever did that means it to be seen. */
const isAway = (error: unknown): boolean =>
  error instanceof EngineError && error.code === 'secret_unavailable';

function parsed<T>(stored: string, secretId: string, parse: (stored: string) => T): T {
  try {
    return parse(stored);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it is malformed';
    throw retryLater('secret_malformed', `Secret ${secretId} is malformed: ${why}`, {
      cause: error,
    });
  }
}

async function fetchSecret(client: SecretsManagerClient, secretId: string): Promise<string> {
  try {
    const { SecretString: stored } = await client.send(
      new GetSecretValueCommand({ SecretId: secretId }),
    );
    if (stored) return stored;
  } catch (error) {
    const empty = error instanceof Error && error.name === 'ResourceNotFoundException';
    if (!empty)
      throw callFailed('secret_unavailable', `Secret ${secretId} could not be read.`, error);
  }
  throw retryLater(
    'secret_empty',
    `Secret ${secretId} has no value yet: fill it with "npm run secrets".`,
  );
}
