import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { limits } from '../../lambdas/leads/limits.ts';
import type { TriageMessage } from '../../lambdas/leads/messages.ts';
import { triageConsumer } from '../../lambdas/leads/triage.ts';
import { retryLater } from '../../lambdas/shared/errors.ts';
import type { Log } from '../../lambdas/shared/log.ts';
import { consumerParts, receivedFor, staysOf } from '../support/consumer.ts';
import { aRecord } from '../support/sqs-event.ts';

const lead_id = '0b9f6f2e-6e0c-4f0e-9d5e-0d3f2b1a4c5d';

const aMessage = (tenant_id = 'acme'): TriageMessage => ({
  kind: 'again',
  tenant_id,
  lead_id,
  request_id: crypto.randomUUID(),
});

type Triage = (message: TriageMessage, log: Log, tries: number) => Promise<void>;

function aConsumer(triage: Triage = async () => {}, full: string[] = []) {
  const { parts, ...seen } = consumerParts({ full });
  const kept: unknown[] = [];
  const ports = {
    triage,
    recordFailed: async (...entry: unknown[]) => void kept.push(entry),
    meter: seen.meter,
  };
  return {
    ...seen,
    ports,
    kept,
    takes: (...records: SQSRecord[]) => staysOf(triageConsumer(ports, parts), records),
  };
}

const contended = () => Promise.reject(retryLater('lead_contended', 'Too many classify it.'));
const at = Date.UTC(2026, 10, 21, 10);

describe('a batch of leads', () => {
  it('is worked on at the same time', async () => {
    const { promise: second, resolve } = Promise.withResolvers<void>();
    let begun = 0;
    const { takes } = aConsumer(async () => {
      begun += 1;
      if (begun === 2) resolve();
      await second;
    });

    expect(await takes(aRecord('r1', aMessage()), aRecord('r2', aMessage()))).toEqual([]);
  });

  it('has a log that names tenant and lead, and knows how often each was tried', async () => {
    const { takes, log } = aConsumer(async (_message, child, tries) =>
      child.info('Here.', { tries }),
    );

    await takes(receivedFor(3, aRecord('r1', aMessage())));

    expect(log.lines).toMatchObject([{ details: { tenant_id: 'acme', lead_id, tries: 3 } }]);
  });
});

describe('a lead that could not be classified', () => {
  it('comes back, is counted, and keeps that the try has failed', async () => {
    const { takes, kept, counts, log } = aConsumer(contended);

    expect(await takes(aRecord('r1', aMessage()))).toEqual(['r1']);

    expect(kept).toEqual([['acme', lead_id, { at, what: 'failed', error_code: 'lead_contended' }]]);
    expect(counts).toEqual({ TriageFailed: 1 });
    expect(log.at('warn')).toMatchObject([
      { message: 'A lead could not be classified; it is tried again.', details: { lead_id } },
    ]);
  });

  it('comes back where not even that can be kept', async () => {
    const { takes, ports, log } = aConsumer(contended);
    ports.recordFailed = () => Promise.reject(new Error('The store is away.'));

    expect(await takes(aRecord('r1', aMessage()))).toEqual(['r1']);

    expect(log.at('warn').map(({ message }) => message)).toContain(
      'The failed attempt could not be recorded with its lead.',
    );
  });

  it('goes to the dead letters after its last try, and keeps that it has', async () => {
    const { takes, queue, kept, counts } = aConsumer(contended);

    expect(await takes(receivedFor(limits.maxAttempts, aRecord('r1', aMessage())))).toEqual([]);

    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'lead_contended' }]);
    expect(kept).toEqual([['acme', lead_id, { at, what: 'dead', error_code: 'lead_contended' }]]);
    expect(counts).toEqual({ TriageFailed: 1, DeadLettered: 1 });
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
    const { takes, queue } = aConsumer(() => Promise.reject(new Error('never')));

    expect(await takes(aRecord('r1', body))).toEqual([]);

    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'malformed_message' }]);
  });
});

describe('a company that has its share of the triage', () => {
  it('waits in the queue while the leads of another are classified', async () => {
    const classified: string[] = [];
    const { takes, queue } = aConsumer(
      async ({ tenant_id }) => void classified.push(tenant_id),
      ['flood'],
    );

    expect(await takes(aRecord('r1', aMessage('flood')), aRecord('r2', aMessage()))).toEqual([]);

    expect(classified).toEqual(['acme']);
    expect(queue.copies).toHaveLength(1);
  });
});
