import { describe, expect, it } from 'vitest';
import { consumeLeads } from '../../lambdas/leads/consume-leads.ts';
import { limits } from '../../lambdas/leads/limits.ts';
import type { TriageMessage } from '../../lambdas/leads/messages.ts';
import { triageQueue } from '../../lambdas/leads/triage-queue.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import { consumerQueue } from '../../lambdas/shared/queue/consumer-queue.ts';
import { settlement } from '../../lambdas/shared/queue/settlement.ts';
import { aQueueClient } from '../support/aws.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { sharedBut } from '../support/share.ts';
import { aRecord } from '../support/sqs-event.ts';

const aMessage = (): TriageMessage => ({
  kind: 'again',
  tenant_id: 'acme',
  lead_id: crypto.randomUUID(),
  request_id: crypto.randomUUID(),
});

function aConsumer(
  handle: (message: TriageMessage) => Promise<void> = async () => {},
  full: string[] = [],
) {
  const [log, meter, queue] = [recordedLog(), recordedMeter(), aQueueClient()];
  const [named, noted] = [[] as Record<string, string>[], [] as unknown[]];
  return {
    noted,
    log,
    meter,
    queue,
    named,
    consume: (...records: ReturnType<typeof aRecord>[]) =>
      consumeLeads(
        records,
        {
          handle,
          recordFailed: async (tenantId, leadId, entry) =>
            void noted.push([tenantId, leadId, entry]),
          now: () => Date.UTC(2026, 10, 21),
          share: sharedBut(...full),
          settlement: settlement({
            queue: consumerQueue(queue.client, { queueUrl: 'leads', deadLetterUrl: 'dead' }),
            clock: { now: () => Date.UTC(2026, 10, 21) },
            meter,
          }),
          logOf(ids) {
            named.push(ids);
            return log;
          },
          meter,
          random: () => 0.5,
        },
        60_000,
      ),
  };
}

const tried = (record: ReturnType<typeof aRecord>, tries: number) => ({
  ...record,
  attributes: { ...record.attributes, ApproximateReceiveCount: String(tries) },
});

describe('a batch of leads', () => {
  it('names those alone that must come back', async () => {
    const messages = [aMessage(), aMessage(), aMessage()] as const;
    const bad = messages[1].kind === 'again' && messages[1].lead_id;
    const consumer = aConsumer(async (message) => {
      if (message.kind === 'again' && message.lead_id === bad) throw new Error('away');
    });

    const response = await consumer.consume(...messages.map((one, n) => aRecord(`r${n}`, one)));

    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'r1' }]);
    expect(consumer.queue.sent).toMatchObject([{ ReceiptHandle: 'receipt-of-r1' }]);
    expect(consumer.meter.counts['TriageFailed']).toBe(1);
  });

  it('is worked on at the same time', async () => {
    const { promise: second, resolve } = Promise.withResolvers<void>();
    let begun = 0;
    const consumer = aConsumer(async () => {
      begun += 1;
      if (begun === 2) resolve();
      await second;
    });

    const response = await consumer.consume(aRecord('r1', aMessage()), aRecord('r2', aMessage()));

    expect(response.batchItemFailures).toEqual([]);
  });

  it('has a log that names tenant and lead', async () => {
    const message = aMessage();
    const consumer = aConsumer();
    await consumer.consume(aRecord('r1', message));

    expect(consumer.named).toEqual([
      { tenant_id: 'acme', lead_id: message.kind === 'again' ? message.lead_id : '' },
    ]);
  });
});

describe('a lead that could not be judged', () => {
  it('comes back later the more often it was tried', async () => {
    const consumer = aConsumer(() => Promise.reject(new Error('away')));
    for (const tries of [1, 2, 3, 4]) {
      await consumer.consume(tried(aRecord(`r${tries}`, aMessage()), tries));
    }

    const seconds = consumer.queue.sent.map(({ VisibilityTimeout }) => Number(VisibilityTimeout));
    expect(seconds).toEqual(seconds.toSorted((a, b) => a - b));
    expect(seconds[3]).toBeGreaterThan(seconds[0] ?? Infinity);
  });

  it('comes back no sooner than the vendor asked', async () => {
    const error = retryLater('openai_busy', 'Busy.', { retryAfterSeconds: 777 });
    const consumer = aConsumer(() => Promise.reject(error));
    await consumer.consume(aRecord('r1', aMessage()));

    expect(consumer.queue.sent).toMatchObject([{ VisibilityTimeout: 777 }]);
  });

  it('comes back by itself where the queue takes no time for it', async () => {
    const consumer = aConsumer(() => Promise.reject(new Error('away')));
    consumer.queue.failure = new Error('SQS is away');

    const response = await consumer.consume(aRecord('r1', aMessage()));

    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'r1' }]);
  });
});

describe('a lead that could not be judged again and again', () => {
  it('goes to the dead letters with the reason, and nowhere else', async () => {
    const error = retryLater('lead_contended', 'Too many judge it.');
    const consumer = aConsumer(() => Promise.reject(error));

    const response = await consumer.consume(tried(aRecord('r1', aMessage()), limits.maxAttempts));

    expect(response.batchItemFailures).toEqual([]);
    expect(consumer.queue.sent).toMatchObject([
      { QueueUrl: 'dead', MessageAttributes: { reason_code: { StringValue: 'lead_contended' } } },
    ]);
    expect(consumer.meter.counts['DeadLettered']).toBe(1);
    expect(consumer.noted).toEqual([
      [
        'acme',
        expect.any(String),
        { at: expect.any(Number), what: 'dead', error_code: error.code },
      ],
    ]);
  });

  it('comes back for longer while the store is away', async () => {
    const consumer = aConsumer(() => Promise.reject(retryLater('store', 'DynamoDB is away.')));
    const isDeadAfter = async (tries: number) => {
      await consumer.consume(tried(aRecord('r1', aMessage()), tries));
      return consumer.queue.sent.at(-1)?.['QueueUrl'] === 'dead';
    };

    expect(await isDeadAfter(limits.outageAttempts - 1)).toBe(false);
    expect(await isDeadAfter(limits.outageAttempts)).toBe(true);
  });

  it('stays in its queue where the dead letters take nothing', async () => {
    const consumer = aConsumer(() => Promise.reject(new Error('away')));
    consumer.queue.failure = new Error('SQS is away');

    const response = await consumer.consume(tried(aRecord('r1', aMessage()), limits.maxAttempts));

    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'r1' }]);
  });
});

describe('a message that means nothing', () => {
  it.each([
    ['no JSON', 'Quetzal wrote'],
    ['another kind', { ...aMessage(), kind: 'forget' }],
    ['a lead without its note', { kind: 'triage', tenant_id: 'acme', lead: {}, expires_at: 1 }],
    ['a tenant that none can be', { ...aMessage(), tenant_id: 'a#b' }],
    ['no id', { ...aMessage(), lead_id: 'x' }],
  ])('for it has %s goes to the dead letters without delay', async (_, body) => {
    const consumer = aConsumer(() => Promise.reject(new Error('never')));

    const response = await consumer.consume(aRecord('r1', body));

    expect(response.batchItemFailures).toEqual([]);
    expect(consumer.queue.sent).toMatchObject([
      {
        QueueUrl: 'dead',
        MessageAttributes: { reason_code: { StringValue: 'malformed_message' } },
      },
    ]);
    expect(consumer.log.text()).not.toContain('Quetzal');
  });
});

describe('the queue of leads', () => {
  it('takes a lead in its tenant’s group, whatever its note holds', async () => {
    const queue = aQueueClient();
    const lead = { id: crypto.randomUUID(), email: null, phone: null, name: null, source: null };
    const message: TriageMessage = {
      kind: 'triage',
      tenant_id: 'acme',
      lead: { ...lead, note: '\ufffe 😀 \uffff', created_at: '2026-11-21T10:00:00.000Z' },
      expires_at: 1,
    };
    await triageQueue(queue.client, 'https://sqs.example/leads').enqueue(message);

    const [sent] = queue.sent;
    expect(sent).toMatchObject({ MessageGroupId: 'acme' });
    expect(String(sent?.['MessageBody'])).not.toMatch(/[\ufffe\uffff]/);
    expect(JSON.parse(String(sent?.['MessageBody']))).toEqual(message);
  });

  it('that takes nothing says that it is worth another try', async () => {
    const queue = aQueueClient();
    queue.failure = new Error('SQS is away');

    await expect(triageQueue(queue.client, 'https://x').enqueue(aMessage())).rejects.toMatchObject({
      code: 'queue',
      next: 'retry',
    });
  });
});

describe('a company that has its share of the triage', () => {
  it('waits in the queue, and its waiting is no try', async () => {
    const judged: TriageMessage[] = [];
    const consumer = aConsumer(async (message) => void judged.push(message), ['flood']);
    const waits = { ...aMessage(), tenant_id: 'flood' };

    const { batchItemFailures } = await consumer.consume(
      tried(aRecord('r1', waits), 3),
      aRecord('r2', aMessage()),
    );

    expect(batchItemFailures).toEqual([]);
    expect(judged).toHaveLength(1);
    expect(consumer.queue.sent).toMatchObject([
      {
        QueueUrl: 'leads',
        DelaySeconds: 1,
        MessageAttributes: { tries_before: { StringValue: '2' } },
      },
    ]);
    expect(JSON.parse(String(consumer.queue.sent[0]?.['MessageBody']))).toEqual(waits);
  });
});
