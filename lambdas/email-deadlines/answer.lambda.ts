import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readEnv } from '../shared/env.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { once } from '../shared/once.ts';
import { batchResponse } from '../shared/queue/sqs.ts';
import { answerEnvironment } from './environment.ts';
import { type AnswerOffice, answerOffice } from './office.ts';
import { receiptOf, taskOf } from './ready-queue.ts';
import { Shift } from './work/shift.ts';

const log = createLog('email-deadline');
const meter = createMeter('email-deadline');

const office = once((): AnswerOffice => answerOffice(readEnv(answerEnvironment), log, meter));

/** Answers emails before their deadlines: works the batch off, and whatever it can beside it. */
export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  try {
    const owner = context.awsRequestId;
    const invocation = { owner, remainingMs: () => context.getRemainingTimeInMillis() };
    const { deadLetters, opened } = office();
    const day = opened(invocation);
    const parsed = event.Records.map(receiptOf).map((receipt) => ({
      receipt,
      task: taskOf(receipt),
    }));
    for (const { receipt, task } of parsed) {
      if (task instanceof Error) await deadLetters.putBody(receipt.body, task);
    }
    const tasks = parsed.flatMap(({ task }) => (task instanceof Error ? [] : [task]));
    const failed = await new Shift(day.office, invocation).work(tasks);
    await day.close();
    return batchResponse(failed.flatMap(({ recordId }) => recordId ?? []));
  } finally {
    meter.flush();
  }
};
