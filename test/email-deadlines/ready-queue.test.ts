import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import type { ReadyMessage } from '../../lambdas/email-deadlines/messages.ts';
import { readyQueue, receiptOf, sendReady } from '../../lambdas/email-deadlines/ready-queue.ts';
import { discardWork } from '../../lambdas/shared/errors.ts';
import { deadLetters, maxVisibilitySeconds } from '../../lambdas/shared/queue/settle.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { aRecord } from '../support/sqs-event.ts';

const urls = { queueUrl: 'https://sqs/ready', deadLetterUrl: 'https://sqs/dead' };
const now = Date.UTC(2026, 10, 21, 10);

const aMessage = (fields: Partial<ReadyMessage> = {}): ReadyMessage => ({
  tenant_id: 'acme',
  run_id: 'run-1',
  email_id: 'e1',
  deadlines: [now + 1_000],
  spare: [],
  ...fields,
});

type Input = Record<string, unknown>;

/** SQS with these bodies in it; `sent` are the calls by their names. */
function aQueue(bodies: string[] = [], failed: unknown[] = [], ApproximateReceiveCount = '1') {
  const sent: [string, Input][] = [];
  const client = {
    async send(command: { constructor: { name: string }; input: Input }) {
      sent.push([command.constructor.name, command.input]);
      const messages = bodies.splice(0).map((Body, n) => ({
        Body,
        ReceiptHandle: `receipt-${n}`,
        Attributes: { ApproximateReceiveCount },
      }));
      return { Messages: messages, Failed: failed };
    },
  } as unknown as SQSClient;
  const [log, meter] = [recordedLog(), recordedMeter()];
  const { deadLetterUrl } = urls;
  const letters = deadLetters({ client, deadLetterUrl, clock: { now: () => now }, meter });
  return {
    client,
    log,
    meter,
    queue: readyQueue({
      client,
      queueUrl: urls.queueUrl,
      deadLetters: letters,
      now: () => now,
      log,
    }),
    inputs: (name: string) => sent.filter(([one]) => one === name).map(([, input]) => input),
  };
}

describe('the queue of emails that are ready', () => {
  it('gives what it was given', async () => {
    const message = aMessage({ drafted: true });
    const { queue } = aQueue([JSON.stringify(message)]);

    const tasks = await queue.pull(10);

    expect(tasks).toMatchObject([
      { email_id: 'e1', deadlines: message.deadlines, message, receipt: { handle: 'receipt-0' } },
    ]);
  });

  it('says how often it has handed out what it gives', async () => {
    const { queue, inputs } = aQueue([JSON.stringify(aMessage())], [], '7');

    expect(await queue.pull(10)).toMatchObject([{ received: 7 }]);
    expect(inputs('ReceiveMessageCommand')).toMatchObject([
      { MessageSystemAttributeNames: ['ApproximateReceiveCount'] },
    ]);
    const record = aRecord('r1', aMessage());
    expect(await queue.read([receiptOf(record)])).toMatchObject([{ received: 1 }]);
    record.attributes.ApproximateReceiveCount = '3';
    expect(await queue.read([receiptOf(record)])).toMatchObject([{ received: 3 }]);
  });

  it.each([
    ['no JSON', 'hello', 'it is not JSON'],
    ['no message', '[]', 'the message'],
    ['no email', JSON.stringify({ ...aMessage(), email_id: undefined }), 'email_id'],
    ['a tenant with a separator', JSON.stringify(aMessage({ tenant_id: 'a#b' })), 'tenant_id'],
  ])('puts %s to the dead letters with its reason, and continues', async (_, body, fault) => {
    const { queue, inputs, log, meter } = aQueue([body, JSON.stringify(aMessage())]);

    const tasks = await queue.pull(10);

    expect(tasks.map(({ email_id }) => email_id)).toEqual(['e1']);
    expect(inputs('SendMessageCommand')).toMatchObject([
      {
        QueueUrl: urls.deadLetterUrl,
        MessageBody: body,
        MessageAttributes: {
          reason_code: { StringValue: 'malformed_message' },
          reason: { StringValue: expect.stringContaining(fault) },
        },
      },
    ]);
    expect(inputs('DeleteMessageCommand')).toMatchObject([{ ReceiptHandle: 'receipt-0' }]);
    expect(log.lines).toHaveLength(1);
    expect(log.text()).toContain('malformed_message');
    expect(meter.counts['DeadLettered']).toBe(1);
  });

  it('delays what is not due yet, as far as SQS can', async () => {
    const { queue, inputs } = aQueue();

    await queue.put([
      aMessage(),
      aMessage({ email_id: 'soon', release_at: now + 30_500 }),
      aMessage({ email_id: 'late', release_at: now + 7_200_000 }),
    ]);
    const [{ Entries: entries } = {}] = inputs('SendMessageBatchCommand');

    expect(entries).toMatchObject([
      { DelaySeconds: 0 },
      { DelaySeconds: 30 },
      { DelaySeconds: 900 },
    ]);
  });

  it('takes many, ten at a time', async () => {
    const { client, inputs } = aQueue();
    const messages = Array.from({ length: 25 }, (_, n) => aMessage({ email_id: `e${n}` }));

    await sendReady(client, urls.queueUrl, messages, now);
    const sizes = inputs('SendMessageBatchCommand').map(({ Entries }) => (Entries as []).length);

    expect(sizes).toEqual([10, 10, 5]);
  });

  it('is fair: each message names its tenant', async () => {
    const { queue, inputs } = aQueue();

    await queue.put([aMessage(), aMessage({ tenant_id: 'globex' })]);
    const [{ Entries: entries } = {}] = inputs('SendMessageBatchCommand');

    expect(entries).toMatchObject([{ MessageGroupId: 'acme' }, { MessageGroupId: 'globex' }]);
  });

  it('says when SQS has refused some', async () => {
    const { queue } = aQueue([], [{ Id: '0' }]);

    await expect(queue.put([aMessage()])).rejects.toMatchObject({ next: 'retry' });
  });

  it('leaves the deleting of a batch’s messages to the event source', async () => {
    const { queue, inputs } = aQueue();

    await queue.finish({ handle: 'of-batch', body: '', recordId: 'record-1' });
    await queue.finish({ handle: 'pulled', body: '' });

    expect(inputs('DeleteMessageCommand')).toMatchObject([{ ReceiptHandle: 'pulled' }]);
  });

  it('hides a message until it may come back, as long as SQS can', async () => {
    const { queue, inputs } = aQueue();

    for (const seconds of [0.2, 90_000])
      await queue.returnAfter({ handle: 'h', body: '' }, seconds);

    expect(inputs('ChangeMessageVisibilityCommand')).toMatchObject([
      { VisibilityTimeout: 1 },
      { VisibilityTimeout: maxVisibilitySeconds },
    ]);
  });

  it('keeps the reason with a dead letter', async () => {
    const { queue, inputs } = aQueue();

    await queue.deadLetter(aMessage(), discardWork('crashed', 'x'.repeat(2_000)));

    expect(inputs('SendMessageCommand')).toMatchObject([
      {
        MessageBody: JSON.stringify(aMessage()),
        MessageAttributes: {
          reason_code: { StringValue: 'crashed' },
          reason: { StringValue: 'x'.repeat(1_000) },
          failed_at: { StringValue: '2026-11-21T10:00:00.000Z' },
        },
      },
    ]);
  });
});
