import { systemClock } from '../shared/clock.ts';
import { errorForLog } from '../shared/log.ts';
import { batchResponse, type Consume } from '../shared/queue/consume.ts';
import { deadLetters } from '../shared/queue/settle.ts';
import { queueClient } from '../vendors/aws/clients.ts';
import { limits } from './limits.ts';
import { readyQueue, receiptOf } from './ready-queue.ts';
import { type AnswerParts, runContexts } from './run-contexts.ts';
import { EmailWorkerPool } from './work/email-worker-pool.ts';

/** The worker behind the queue of ready emails: answers a batch, and more as long as an invocation has time. */
export function createAnswerWorker(parts: AnswerParts): Consume {
  const { env, log, meter } = parts;
  const { READY_QUEUE_URL: queueUrl, READY_DLQ_URL: deadLetterUrl } = env;
  const client = queueClient();
  const letters = deadLetters({ client, deadLetterUrl, clock: systemClock, meter });
  const queue = readyQueue({ client, queueUrl, deadLetters: letters, now: Date.now, log });
  const openContexts = runContexts(parts);

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
