import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { EventSource } from '../../../local/cloud/event-source.ts';
import type { LocalFunction } from '../../../local/cloud/function.ts';
import { type QueueAddress, type Queues, startQueues } from '../../../local/cloud/queues.ts';
import { aHandler } from './fixtures.ts';
import { aQueue, depth, empty, send } from './queue-fixtures.ts';

let queues: Queues;

beforeAll(async () => {
  queues = await startQueues(undefined);
});

afterAll(() => queues.close());

/** Lets the function consume the queue until the test ends. */
function consume(queue: QueueAddress, target: LocalFunction, reportsBatchItemFailures = true) {
  const definition = {
    queueUrl: queue.url,
    queueArn: queue.arn,
    batchSize: 10,
    reportsBatchItemFailures,
    concurrency: 1,
  };
  const source = new EventSource(definition, queues.client, target);
  onTestFinished(async () => {
    source.stopPolling();
    await target.stop();
    await source.giveBack();
  });
  return source;
}

/** A handler that logs the bodies of its batch first. */
const aConsumer = (body: string) =>
  aHandler(`for (const { body } of event.Records) console.log(body); ${body}`);

const soon = { timeout: 8_000, interval: 20 };

describe('an event source', () => {
  it('hands a message over as SQS records do', async () => {
    const queue = await aQueue(queues);
    const { target, lines } = aHandler('console.log(JSON.stringify(event));');

    await send(queues, queue, 'hello', 'customer-1');
    consume(queue, target);

    await vi.waitFor(() => expect(lines).toHaveLength(1), soon);
    const { Records: records } = JSON.parse(lines[0]?.replace('trial: ', '') ?? '');
    expect(records).toMatchObject([
      {
        messageId: expect.any(String),
        receiptHandle: expect.any(String),
        body: 'hello',
        attributes: {
          MessageGroupId: 'customer-1',
          MessageDeduplicationId: 'hello',
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d+$/),
        },
        eventSource: 'aws:sqs',
        eventSourceARN: queue.arn,
        awsRegion: 'us-east-1',
      },
    ]);
  });

  it('deletes what the function does not report', async () => {
    const queue = await aQueue(queues);
    const { target } = aConsumer('return { batchItemFailures: [] };');

    await Promise.all(['a', 'b', 'c'].map((body) => send(queues, queue, body)));
    consume(queue, target);

    await vi.waitFor(async () => expect(await depth(queues, queue)).toEqual(empty), soon);
  });

  it('takes an answer without a report as success', async () => {
    const queue = await aQueue(queues);
    const { target } = aConsumer('');

    await send(queues, queue, 'a');
    consume(queue, target);

    await vi.waitFor(async () => expect(await depth(queues, queue)).toEqual(empty), soon);
  });

  it('leaves in the queue what the function reports as failed', async () => {
    const queue = await aQueue(queues);
    const { target, lines } = aConsumer(
      `const failed = event.Records.filter(({ body }) => body === 'bad');
       return { batchItemFailures: failed.map((one) => ({ itemIdentifier: one.messageId })) };`,
    );

    for (const body of ['good', 'bad', 'better']) await send(queues, queue, body);
    consume(queue, target);

    await vi.waitFor(() => expect(lines).toHaveLength(3), soon);
    await vi.waitFor(
      async () => expect(await depth(queues, queue)).toEqual({ waiting: 0, inFlight: 1 }),
      soon,
    );
  });

  it.each([
    ['fails', 'throw new Error("no");'],
    [
      'reports a message that it was not given',
      `return { batchItemFailures: [{ itemIdentifier: 'other' }] };`,
    ],
    ['reports nothing by name', 'return { batchItemFailures: [{}] };'],
    ['reports no list', 'return { batchItemFailures: "all" };'],
  ])('leaves the whole batch when the function %s', async (_what, answer) => {
    const queue = await aQueue(queues);
    const { target, lines } = aConsumer(answer);

    for (const body of ['a', 'b']) await send(queues, queue, body);
    consume(queue, target);

    await vi.waitFor(
      () => expect(lines).toEqual(expect.arrayContaining(['trial: a', 'trial: b'])),
      soon,
    );
    await vi.waitFor(
      async () => expect(await depth(queues, queue)).toEqual({ waiting: 0, inFlight: 2 }),
      soon,
    );
  });

  it('ignores a report where the mapping does not ask for one', async () => {
    const queue = await aQueue(queues);
    const { target } = aConsumer(`return { batchItemFailures: [{ itemIdentifier: 'other' }] };`);

    await send(queues, queue, 'a');
    consume(queue, target, false);

    await vi.waitFor(async () => expect(await depth(queues, queue)).toEqual(empty), soon);
  });

  it('brings a failed message back after its visibility timeout', async () => {
    const queue = await aQueue(queues, { VisibilityTimeout: '1' });
    const { target, lines } = aHandler(
      `const tries = event.Records[0].attributes.ApproximateReceiveCount;
       console.log(tries);
       if (tries === '1') throw new Error('not yet');`,
    );

    await send(queues, queue, 'a');
    consume(queue, target);

    await vi.waitFor(async () => expect(await depth(queues, queue)).toEqual(empty), soon);
    await vi.waitFor(
      () => expect(lines).toEqual(expect.arrayContaining(['trial: 1', 'trial: 2'])),
      soon,
    );
  });

  it('keeps the order of a group, whose later messages wait for the earlier', async () => {
    const queue = await aQueue(queues, { VisibilityTimeout: '1' });
    const { target, lines } = aHandler(
      `const [{ messageId, body, attributes }] = event.Records;
       if (body === 'first' && attributes.ApproximateReceiveCount === '1')
         return { batchItemFailures: event.Records.map((one) => ({ itemIdentifier: one.messageId })) };
       for (const { body } of event.Records) console.log(body);`,
    );

    for (const body of ['first', 'second', 'third']) await send(queues, queue, body, 'customer-1');
    consume(queue, target);

    await vi.waitFor(() => expect(lines).toHaveLength(3), soon);
    expect(lines).toEqual(['trial: first', 'trial: second', 'trial: third']);
  });

  it('leaves to the dead letters what has come back too often', async () => {
    const dead = await aQueue(queues);
    const queue = await aQueue(queues, {
      VisibilityTimeout: '1',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 }),
    });
    const { target } = aConsumer('throw new Error("never");');

    await send(queues, queue, 'a');
    consume(queue, target);

    await vi.waitFor(
      async () => expect(await depth(queues, dead)).toEqual({ waiting: 1, inFlight: 0 }),
      soon,
    );
    expect(await depth(queues, queue)).toEqual(empty);
  });

  it('gives back at once what an ended function had not finished', async () => {
    const queue = await aQueue(queues);
    const { target, lines } = aConsumer('await new Promise(() => setInterval(() => {}, 1000));');
    await send(queues, queue, 'a');
    const source = consume(queue, target);
    await vi.waitFor(() => expect(lines).toEqual(['trial: a']), soon);

    source.stopPolling();
    await target.stop();
    await source.giveBack();

    const { Messages: messages } = await queues.client.send(
      new ReceiveMessageCommand({ QueueUrl: queue.url }),
    );
    expect(messages?.map(({ Body }) => Body)).toEqual(['a']);
  });

  it('takes nothing more once it is stopped', async () => {
    const queue = await aQueue(queues);
    const { target, lines } = aConsumer('');
    const source = consume(queue, target);

    await source.giveBack();
    await send(queues, queue, 'late');

    expect(await depth(queues, queue)).toEqual({ waiting: 1, inFlight: 0 });
    expect(lines).toEqual([]);
  });
});
