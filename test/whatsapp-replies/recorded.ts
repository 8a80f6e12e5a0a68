import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Log, Meter } from '../../lambdas/shared/log.ts';

/** A log that keeps its lines, each as one text. */
export interface RecordedLog extends Log {
  readonly lines: string[];
}

export function recordedLog(): RecordedLog {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (...parts: unknown[]) =>
      void lines.push(JSON.stringify([level, ...parts]));
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    critical: write('critical'),
  };
}

/** A meter that keeps its sums by name. */
export interface RecordedMeter extends Meter {
  readonly counts: Record<string, number>;
}

export function recordedMeter(): RecordedMeter {
  const counts: Record<string, number> = {};
  return {
    counts,
    count(name, by = 1) {
      counts[name] = (counts[name] ?? 0) + by;
    },
    seconds: () => {},
    flush: () => {},
  };
}

/** A Secrets Manager with one secret, which may be rotated, emptied or away. */
export function aVault(value: string | undefined) {
  const vault = {
    value,
    failure: undefined as Error | undefined,
    fetches: 0,
    client: {
      async send() {
        vault.fetches += 1;
        if (vault.failure) throw vault.failure;
        return { SecretString: vault.value };
      },
    } as unknown as SecretsManagerClient,
  };
  return vault;
}

/** A queue's client that keeps what it is told; it may be down. */
export function aQueueClient() {
  const queue = {
    sent: [] as Record<string, unknown>[],
    failure: undefined as Error | undefined,
    client: {
      async send(command: { input: Record<string, unknown> }) {
        if (queue.failure) throw queue.failure;
        queue.sent.push(command.input);
        return {};
      },
    } as unknown as Pick<SQSClient, 'send'>,
  };
  return queue;
}
