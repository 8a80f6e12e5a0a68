import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../runtime/clock.ts';
import { retryLater } from '../../runtime/errors.ts';

/** A secret that is fetched once, kept for a while, and fetched anew on request. */
export interface CachedSecret<T> {
  get(): Promise<T>;
  /** Fetches anew, at most every ten seconds whatever is asked; false when it was too soon. */
  refresh(): Promise<boolean>;
}

const keepMs = 15 * 60_000;
const refreshAtMostEveryMs = 10_000;

/** `parse` turns the stored string into what the caller needs and throws on a malformed one. */
export function cachedSecret<T>(
  client: SecretsManagerClient,
  secretId: string,
  parse: (stored: string) => T,
  clock: Pick<Clock, 'now'>,
): CachedSecret<T> {
  let kept: { value: Promise<T>; at: number } | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  const fetchNow = () => {
    const value = fetchSecret(client, secretId).then((stored) => parsed(stored, secretId, parse));
    const before = kept;
    kept = { value, at: clock.now() };
    value.catch(() => {
      // A value that was good stays so while Secrets Manager is away.
      if (kept?.value === value) kept = before;
    });
    return value;
  };
  return {
    get: () => (kept && clock.now() - kept.at < keepMs ? kept.value : fetchNow()),
    refresh: async () => {
      if (clock.now() - refreshedAt < refreshAtMostEveryMs) return false;
      refreshedAt = clock.now();
      await fetchNow();
      return true;
    },
  };
}

function parsed<T>(stored: string, secretId: string, parse: (stored: string) => T): T {
  try {
    return parse(stored);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it is malformed';
    throw retryLater('secret_malformed', `Secret ${secretId} is of no use: ${why}`, {
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
      throw retryLater('secret_unavailable', `Secret ${secretId} could not be read.`, {
        cause: error,
      });
  }
  throw retryLater(
    'secret_empty',
    `Secret ${secretId} has no value yet: fill it with "npm run secrets".`,
  );
}
