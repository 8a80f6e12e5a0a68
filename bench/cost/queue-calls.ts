import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Work } from './counted.ts';
import type { Proxied } from './proxy.ts';

/** A request pays once for each 64 KB that it carries. */
const chunkBytes = 64 * 1024;

/** The requests to SQS: those of the functions, and those by which the Lambda service hands messages out. */
export class QueueCalls {
  #byQueue = new Map<string, number>();
  readonly #fair = new Set<string>();

  take({ sent, sentBytes }: Pick<Proxied, 'sent' | 'sentBytes'>): void {
    const queue = String(sent['QueueUrl']).split('/').at(-1) ?? '';
    if (JSON.stringify(sent).includes('"MessageGroupId"')) this.#fair.add(queue);
    const requests = Math.max(1, Math.ceil(sentBytes / chunkBytes));
    this.#byQueue.set(queue, (this.#byQueue.get(queue) ?? 0) + requests);
  }

  /**
   * Counts what the event sources receive and delete. Receives that found nothing are not counted: they continue
   * all month, and are reckoned with the idle cost.
   */
  watch(client: SQSClient): void {
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (given) => {
          const result = await next(given);
          const output = result.output as unknown as { Messages?: unknown[] };
          const found = output.Messages?.length ?? 0;
          if (commandName !== 'ReceiveMessageCommand' || found > 0) {
            const sent = given.input as unknown as Record<string, unknown>;
            this.take({ sent, sentBytes: JSON.stringify(output.Messages ?? []).length });
          }
          return result;
        },
      { step: 'initialize', name: 'countRequests' },
    );
  }

  reset(): void {
    this.#byQueue = new Map();
  }

  requests(): Work['sqs'] {
    const total = { fifo: 0, standard: 0, fair: 0 };
    for (const [queue, requests] of this.#byQueue) {
      if (queue.endsWith('.fifo')) total.fifo += requests;
      else total[this.#fair.has(queue) ? 'fair' : 'standard'] += requests;
    }
    return total;
  }
}
