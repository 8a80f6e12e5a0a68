import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readEnv } from '../shared/env.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { once } from '../shared/once.ts';
import { createAnswerWorker } from './answer-worker.ts';
import { answerEnvironment } from './environment.ts';

const log = createLog('email-deadline');
const meter = createMeter('email-deadline');

const worker = once(() => createAnswerWorker(readEnv(answerEnvironment), log, meter));

/** Answers emails before their deadlines. */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  try {
    return await worker()(event.Records, {
      owner: context.awsRequestId,
      remainingMs: () => context.getRemainingTimeInMillis(),
    });
  } finally {
    meter.flush();
  }
};
