import type { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type * as z from 'zod/mini';
import { systemClock } from '../shared/clock.ts';
import { errorForLog, type Meter } from '../shared/log.ts';
import { batchResponse } from '../shared/queue/sqs.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import type { answerEnvironment } from './environment.ts';
import { limits } from './limits.ts';
import { readyDeadLetters } from './ready-dead-letters.ts';
import { readyQueue, receiptOf } from './ready-queue.ts';
import { runContexts } from './run-contexts.ts';
import { EmailWorkerPool } from './work/email-worker-pool.ts';
import type { Invocation } from './work/ports.ts';

/** The worker behind the queue of ready emails: answers a batch and returns the messages that must come back. */
export function createAnswerWorker(
  env: z.output<typeof answerEnvironment>,
  log: Logger,
  meter: Meter,
): (records: SQSRecord[], invocation: Invocation) => Promise<SQSBatchResponse> {
  const client = queueClient();
  const now = Date.now;
  const deadLetters = readyDeadLetters({
    client,
    deadLetterUrl: env.READY_DLQ_URL,
    now,
    log,
    meter,
  });
  const queue = readyQueue({ client, queueUrl: env.READY_QUEUE_URL, deadLetters, now, log });
  const openContexts = runContexts(env, log, meter);

  return async (records, invocation) => {
    const contexts = openContexts(invocation);
    const dependencies = {
      queue,
      loadRunContext: contexts.load,
      clock: systemClock,
      random: Math.random,
      log,
      workers: limits.workersPerInvocation,
    };
    const tasks = await queue.read(records.map(receiptOf));
    const returned = await new EmailWorkerPool(dependencies, invocation).work(tasks);
    await contexts.close().catch((error) => {
      log.error('An invocation could not be closed.', { error: errorForLog(error) });
    });
    return batchResponse(returned.flatMap(({ recordId }) => recordId ?? []));
  };
}
