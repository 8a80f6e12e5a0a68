import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { isoTime } from '../shared/clock.ts';
import type { EngineError } from '../shared/errors.ts';
import type { Log, Meter } from '../shared/log.ts';
import { sendableBody, textAttribute } from '../shared/queue/sqs.ts';
import type { ReadyMessage } from './messages.ts';

/** Where emails go that failed for good, with the reason. */
export interface ReadyDeadLetters {
  put(message: ReadyMessage, error: EngineError): Promise<void>;
  /** A malformed message, which is of no use a second time, as it is. */
  putBody(body: string, error: EngineError): Promise<void>;
}

export interface ReadyDeadLettersParts {
  client: Pick<SQSClient, 'send'>;
  deadLetterUrl: string;
  now: () => number;
  log: Pick<Log, 'error'>;
  meter: Pick<Meter, 'count'>;
}

export function readyDeadLetters(parts: ReadyDeadLettersParts): ReadyDeadLetters {
  const { client, deadLetterUrl, now, log, meter } = parts;
  const send = async (body: string, error: EngineError): Promise<void> => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: deadLetterUrl,
        MessageBody: sendableBody(body),
        MessageAttributes: {
          reason_code: textAttribute(error.code),
          reason: textAttribute(error.message),
          failed_at: textAttribute(isoTime(now())),
        },
      }),
    );
    meter.count('DeadLettered');
  };
  return {
    put: (message, error) => send(JSON.stringify(message), error),

    async putBody(body, error) {
      await send(body, error);
      log.error('A malformed message went to the dead-letter queue.', {
        error_code: error.code,
        reason: error.message,
      });
    },
  };
}
