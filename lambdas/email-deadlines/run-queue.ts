import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { RunMessage } from './messages.ts';

/** Puts a run into the queue of runs, to be taken after so many seconds. */
export async function enqueueRun(
  client: Pick<SQSClient, 'send'>,
  queueUrl: string,
  message: RunMessage,
  afterSeconds = 0,
): Promise<void> {
  await client.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(message),
      DelaySeconds: afterSeconds,
      // A fair queue: one tenant's flood does not hold up the others.
      MessageGroupId: message.tenant_id,
    }),
  );
}
