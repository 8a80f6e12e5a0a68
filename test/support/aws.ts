import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SQSClient } from '@aws-sdk/client-sqs';

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
