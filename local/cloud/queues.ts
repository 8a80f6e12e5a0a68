import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localCredentials } from './credentials.ts';
import { type Store, startStore } from './store.ts';
import { arnOf, localAccount, localRegion } from './template.ts';

/** SQS on one machine: an emulator in a thread of its own, on 127.0.0.1, stored in SQLite where a folder is given. */
export interface Queues {
  endpoint: string;
  client: SQSClient;
  create(name: string, attributes: Record<string, string>): Promise<QueueAddress>;
  close(): Promise<void>;
}

export interface QueueAddress {
  url: string;
  arn: string;
}

export const startQueues = async (folder: string | undefined): Promise<Queues> =>
  queuesOf(await startStore('queues', folder));

/** The queues that an emulator serves; closing them closes it. */
export function queuesOf(store: Store): Queues {
  const { endpoint } = store;
  const client = new SQSClient({
    endpoint,
    region: localRegion,
    credentials: localCredentials,
    useQueueUrlAsEndpoint: false,
  });
  return {
    endpoint,
    client,
    async create(name, attributes) {
      const url = `${endpoint}/${localAccount}/${name}`;
      try {
        await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
      } catch (error) {
        // It exists from an earlier run: the template's settings replace its own.
        if (!(error instanceof Error) || !error.name.includes('QueueNameExists')) throw error;
        const changeable = changeableOf(attributes);
        await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: changeable }));
      }
      return { url, arn: arnOf('sqs', name) };
    },
    async close() {
      client.destroy();
      await store.close();
    },
  };
}

/** The emulator refuses to change attributes that define a FIFO queue. */
function changeableOf(attributes: Record<string, string>): Record<string, string> {
  const {
    FifoQueue: _fifo,
    DeduplicationScope: _scope,
    FifoThroughputLimit: _limit,
    ...changeable
  } = attributes;
  return changeable;
}
