import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readEnv } from '../runtime/env.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { once } from '../runtime/once.ts';
import { batchResponse } from '../runtime/sqs.ts';
import { type AnswerOffice, answerOffice } from './adapters/office.ts';
import { receiptOf, taskOf } from './adapters/ready-queue.ts';
import { Shift } from './domain/shift.ts';
import { answerEnvironment } from './environment.ts';

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
