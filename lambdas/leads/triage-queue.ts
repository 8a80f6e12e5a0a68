import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { callFailed } from '../shared/errors.ts';
import { sendableBody } from '../shared/queue/sqs.ts';
import type { TriageMessage } from './messages.ts';

/** The queue of leads that wait to be judged. */
export const triageQueue = (client: Pick<SQSClient, 'send'>, queueUrl: string) => ({
  async enqueue(message: TriageMessage): Promise<void> {
    try {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: sendableBody(JSON.stringify(message)),
          // A fair queue: one tenant's flood does not hold up the others.
          MessageGroupId: message.tenant_id,
        }),
      );
    } catch (error) {
      throw callFailed('queue', 'SQS failed to take a lead.', error);
    }
  },
});
export type TriageQueue = ReturnType<typeof triageQueue>;
