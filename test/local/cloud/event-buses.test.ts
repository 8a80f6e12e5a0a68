import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { localCredentials } from '../../../local/cloud/credentials.ts';
import { startEventBuses } from '../../../local/cloud/event-buses.ts';
import { queuesHere } from '../../support/stores.ts';

/** The emulator gives groups back from FIFO queues alone. */
const fifo = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };

/** A bus whose rule leads orders into a queue, and what that does not take to dead letters. */
async function aBus(queueExists = true) {
  const queues = await queuesHere();
  const buses = await startEventBuses(queues);
  onTestFinished(async () => {
    await buses.close();
    await queues.close();
  });
  const queueArn = 'arn:aws:sqs:us-east-1:000000000000:orders.fifo';
  if (queueExists) await queues.create('orders.fifo', fifo);
  const { arn: deadLetterArn } = await queues.create('dead', {});
  buses.createBus('events');
  const target = { queueArn, deadLetterArn, messageGroupId: '$.detail.tenant_id' };
  buses.addRule('events', { source: ['shop'] }, [target]);
  const client = new EventBridgeClient({
    endpoint: buses.url,
    region: 'us-east-1',
    credentials: localCredentials,
    maxAttempts: 1,
  });
  const entry = { EventBusName: 'events', Source: 'shop', DetailType: 'order', Detail: '{}' };
  return {
    put: (...entries: object[]) =>
      client.send(new PutEventsCommand({ Entries: entries.map((one) => ({ ...entry, ...one })) })),
    async receive(queue: string) {
      const { Messages: messages = [] } = await queues.client.send(
        new ReceiveMessageCommand({
          QueueUrl: `${queues.endpoint}/000000000000/${queue}`,
          MaxNumberOfMessages: 10,
          MessageSystemAttributeNames: ['All'],
        }),
      );
      return messages.map(({ Body: body, Attributes: attributes }) => ({
        ...(JSON.parse(String(body)) as Record<string, unknown>),
        group: attributes?.MessageGroupId,
      }));
    },
  };
}

describe('a local event bus', () => {
  it('leads an event into the queue of each rule that it fits, in EventBridge’s envelope', async () => {
    const { put, receive } = await aBus();

    const { FailedEntryCount: failed, Entries: [{ EventId: id } = {}] = [] } = await put({
      Detail: '{"tenant_id": "acme", "sum": 12}',
      Time: new Date('2026-11-21T10:00:00.400Z'),
    });

    expect(failed).toBe(0);
    expect(await receive('orders.fifo')).toEqual([
      {
        version: '0',
        id,
        'detail-type': 'order',
        source: 'shop',
        account: '000000000000',
        time: '2026-11-21T10:00:00Z',
        region: 'us-east-1',
        resources: [],
        detail: { tenant_id: 'acme', sum: 12 },
        group: 'acme',
      },
    ]);
  });

  it('drops what fits no rule', async () => {
    const { put, receive } = await aBus();

    await put({ Source: 'another' });

    expect(await receive('orders.fifo')).toEqual([]);
  });

  it('puts what the queue does not take to the dead letters', async () => {
    const { put, receive } = await aBus(false);

    await put({ Detail: '{"tenant_id": "acme"}' });

    expect(await receive('dead')).toMatchObject([{ detail: { tenant_id: 'acme' } }]);
  });

  it('refuses single entries, and takes the others', async () => {
    const { put, receive } = await aBus();

    const { FailedEntryCount: failed, Entries: entries } = await put(
      { Detail: '[1]' },
      { Detail: '{"tenant_id": "acme"}' },
      { Source: '' },
    );

    expect(failed).toBe(2);
    expect(entries?.map(({ ErrorCode: code }) => code)).toEqual([
      'MalformedDetail',
      undefined,
      'InvalidArgument',
    ]);
    expect(await receive('orders.fifo')).toHaveLength(1);
  });

  it.each([
    ['no entries', []],
    ['more than ten', Array.from({ length: 11 }, () => ({}))],
    ['more than 256 KB', [{ Detail: JSON.stringify({ text: 'x'.repeat(262_144) }) }]],
    ['a bus that is not there', [{ EventBusName: 'nowhere' }]],
  ])('refuses a call with %s', async (_, entries) => {
    const { put } = await aBus();

    await expect(put(...entries)).rejects.toThrow();
  });
});
