import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Insight, TriageMessage } from '../../lambdas/leads/messages.ts';
import {
  aCrashPoint,
  atEachCrashPoint,
  crashPoints,
  TestProcess,
  turnsOf,
} from '../support/crash.ts';
import type { TestTable } from '../support/table.ts';
import { aClassification, aWorld, leadsIn, startLeadsTable } from './leads-world.ts';

let table: TestTable;
let schedules = 0;

beforeAll(async () => {
  table = await startLeadsTable();
});

afterAll(() => table.close());

/** A lead's message and so many requests to classify it again, for a company of its own. */
function work(requests: number): { tenant: string; leadId: string; messages: TriageMessage[] } {
  schedules += 1;
  const [tenant, leadId] = [`company-${schedules}`, randomUUID()];
  const lead = { id: leadId, email: null, phone: null, name: null, note: 'Hi', source: 'web' };
  const created_at = new Date(table.clock.now()).toISOString();
  const expires_at = Math.floor(table.clock.now() / 1000) + 86_400;
  const messages: TriageMessage[] = Array.from({ length: requests }, () => ({
    kind: 'again',
    tenant_id: tenant,
    lead_id: leadId,
    request_id: randomUUID(),
  }));
  messages.unshift({
    kind: 'triage',
    tenant_id: tenant,
    lead: { ...lead, created_at },
    expires_at,
  });
  return { tenant, leadId, messages };
}

/** A worker whose every call of the store, the classifier and the listeners is one at which it may die. */
function aWorker(process: TestProcess, told: Insight[]) {
  const leads = aWorld(process.client(table), {
    classify: () => process.call(async () => aClassification()),
    publish: (insight) => process.call(async () => void told.push(insight)),
  });
  return (message: TriageMessage) => process.outcome(leads.triage(message));
}

describe('a lead whose worker dies at each of its calls in turn', () => {
  it('has one insight in the end, and is told of by its id', async () => {
    const calls = await atEachCrashPoint(async (process) => {
      const { tenant, messages } = work(0);
      const [message] = messages as [TriageMessage];
      const told: Insight[] = [];

      await aWorker(process, told)(message);
      await aWorker(new TestProcess(), told)(message);

      const [stored, ...more] = await leadsIn(table, tenant);
      expect([stored?.insight?.version, more]).toEqual([1, []]);
      expect(told.length).toBeGreaterThan(0);
      expect(new Set(told.map(({ id }) => id))).toEqual(new Set([stored?.insight?.id]));
    });
    expect(calls).toBe(7);
  });
});

describe('a lead that is classified again before its worker, which died, comes back', () => {
  it('has everybody told of each of its insights, the earlier first', async () => {
    const whole = new TestProcess();
    await aWorker(whole, [])(work(0).messages[0] as TriageMessage);

    // Before its third call the lead is not there, and nobody can ask for it.
    for (const point of crashPoints(whole.calls, 3)) {
      const { leadId, tenant, messages } = work(1);
      const [first, again] = messages as [TriageMessage, TriageMessage];
      const told: Insight[] = [];

      await aWorker(new TestProcess([point]), told)(first);
      await aWorker(new TestProcess(), told)(again);
      await aWorker(new TestProcess(), told)(first);

      const response = await aWorld(table).get(`/leads/${leadId}/insights`, { tenant });
      const { insights } = (await response.json()) as { insights: Insight[] };
      const toldOf = [...new Set(told.map(({ version }) => version))];
      expect(toldOf).toEqual(insights.map(({ version }) => version).toReversed());
    }
  });
});

describe('messages of one lead', () => {
  const points = fc.array(aCrashPoint(10), { maxLength: 1 });
  const deliveries = fc.array(fc.record({ which: fc.nat(), points }), {
    minLength: 1,
    maxLength: 5,
  });

  it('lead to one insight each, however they are delivered twice, overlap and die', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.nat({ max: 2 }), deliveries, async (s, requests, of) => {
        const { tenant, leadId, messages } = work(requests);
        const [told, turn] = [[] as Insight[], turnsOf(s)];
        const [first] = messages as [TriageMessage];
        // Nobody can ask for a lead to be classified again that is not there.
        await aWorker(new TestProcess([{ call: 3, effect: 'before' }]), told)(first);

        const ends = of.map(({ which, points }) => {
          const message = messages[which % messages.length] as TriageMessage;
          return aWorker(new TestProcess(points, turn), told)(message);
        });
        await s.waitFor(Promise.all(ends));
        for (const message of messages) await aWorker(new TestProcess(), told)(message);

        const leads = aWorld(table);
        const response = await leads.get(`/leads/${leadId}/insights`, { tenant });
        const { insights } = (await response.json()) as { insights: Insight[] };
        const asked = insights.length;
        expect(asked).toBeLessThanOrEqual(messages.length);
        expect(asked).toBeGreaterThanOrEqual(Math.max(1, requests));
        expect(insights.map(({ version }) => version)).toEqual(
          Array.from({ length: asked }, (_, n) => asked - n),
        );
        const ids = new Set(insights.map(({ id }) => id));
        expect(new Set(told.map(({ id }) => id))).toEqual(ids);
      }),
      { numRuns: 60 },
    );
  });
});
