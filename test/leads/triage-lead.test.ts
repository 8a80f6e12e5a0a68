import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AdapterName, TriageMessage } from '../../lambdas/leads/messages.ts';
import { days } from '../support/clock.ts';
import { withLostAnswers } from '../support/lost-answers.ts';
import type { TestTable } from '../support/table.ts';
import { aClassification, aWorld, leadsIn, type Parts, startLeadsTable } from './leads-world.ts';

let table: TestTable;
let leads = 0;

beforeAll(async () => {
  table = await startLeadsTable();
});

afterAll(() => table.close());

/** The message of a lead whose intake died before it was stored. */
function aMessage(fields: { note?: string; retentionDays?: number } = {}) {
  leads += 1;
  const { note = 'What does it cost?', retentionDays = 90 } = fields;
  const now = table.clock.now();
  return {
    kind: 'triage' as const,
    tenant_id: `company-${leads}`,
    lead: {
      id: randomUUID(),
      email: null,
      phone: null,
      name: null,
      note,
      source: 'web',
      created_at: new Date(now).toISOString(),
    },
    expires_at: Math.floor((now + days(retentionDays)) / 1000),
  };
}
type LeadMessage = ReturnType<typeof aMessage>;

const rerun = ({ tenant_id, lead }: LeadMessage, adapter?: AdapterName): TriageMessage => ({
  kind: 'again',
  tenant_id,
  lead_id: lead.id,
  request_id: randomUUID(),
  ...(adapter && { adapter }),
});

/** A lead that is classified already, in its world. */
async function classified(parts: Parts = {}) {
  const [message, leads] = [aMessage(), aWorld(table, parts)];
  await leads.triage(message);
  const history = async () => {
    const tenant = message.tenant_id;
    const response = await leads.get(`/leads/${message.lead.id}/insights`, { tenant });
    const { insights } = (await response.json()) as { insights: { id: string; version: number }[] };
    return insights;
  };
  return { message, leads, history };
}

describe('a lead that waits to be classified', () => {
  it('is stored where its intake died before, with its insight', async () => {
    const [message, leads] = [aMessage(), aWorld(table)];

    await leads.triage(message);

    const [stored] = await leadsIn(table, message.tenant_id);
    expect(stored).toMatchObject({
      ...message.lead,
      expires_at: message.expires_at,
      insight: { lead_id: message.lead.id, version: 1, ...aClassification() },
    });
    const found = await leads.get('/leads?source=web', { tenant: message.tenant_id });
    expect(await found.json()).toMatchObject({ leads: [{ id: message.lead.id }] });
  });

  it('is classified by its note, once, however often its message comes', async () => {
    const notes: string[] = [];
    const [message, leads] = [
      aMessage({ note: 'Hello there' }),
      aWorld(table, {
        async classify(note) {
          notes.push(note);
          return aClassification();
        },
      }),
    ];

    await leads.triage(message);
    const [first] = await leadsIn(table, message.tenant_id);
    table.clock.pass(1_000);
    await leads.triage(message);

    expect(notes).toEqual(['Hello there']);
    expect(await leadsIn(table, message.tenant_id)).toEqual([first]);
    expect(leads.published.map(({ id }) => id)).toEqual([first?.insight?.id]);
    expect(leads.counted).toEqual([message.tenant_id]);
  });

  it('has one insight when its message is worked on several times at once', async () => {
    const [message, leads] = [aMessage(), aWorld(table)];

    await Promise.all([1, 2, 3, 4].map(() => leads.triage(message)));

    const [stored, ...more] = await leadsIn(table, message.tenant_id);
    expect(more).toEqual([]);
    expect(stored?.insight?.version).toBe(1);
    expect(new Set(leads.published.map(({ id }) => id))).toEqual(new Set([stored?.insight?.id]));
    expect(leads.counted).toEqual([message.tenant_id]);
    expect(leads.meter.counts['InsightCreated']).toBe(1);
  });

  it('has one insight though each answer of the store was lost', async () => {
    const [message, leads] = [aMessage(), aWorld(withLostAnswers(table))];

    await leads.triage(message);

    const [stored] = await leadsIn(table, message.tenant_id);
    expect(stored?.insight?.version).toBe(1);
    expect(leads.published.map(({ id }) => id)).toEqual([stored?.insight?.id]);
    expect(leads.counted).toEqual([message.tenant_id]);
  });

  it('is announced again, as the same insight, where nobody is known to have been told', async () => {
    let isDown = true;
    const message = aMessage();
    const leads = aWorld(table, {
      publish: async () => {
        if (isDown) throw new Error('The listener is away');
      },
    });
    await expect(leads.triage(message)).rejects.toThrow('The listener is away');
    const [before] = await leadsIn(table, message.tenant_id);
    isDown = false;

    await leads.triage(message);

    const [after] = await leadsIn(table, message.tenant_id);
    expect(after?.insight).toEqual(before?.insight);
    expect(leads.published.map(({ id }) => id)).toEqual([before?.insight?.id]);
  });

  it('is not classified where nobody could, and comes back', async () => {
    const message = aMessage();
    const leads = aWorld(table, { classify: () => Promise.reject(new Error('away')) });

    await expect(leads.triage(message)).rejects.toThrow('away');

    const [stored] = await leadsIn(table, message.tenant_id);
    expect([stored?.insight, leads.published, leads.counted]).toEqual([undefined, [], []]);
  });

  it('is let go once it has expired, and not told of', async () => {
    const [message, leads] = [aMessage({ retentionDays: 1 }), aWorld(table)];
    table.clock.pass(days(1) + 1_000);

    await leads.triage(message);

    expect([leads.published, leads.counted]).toEqual([[], []]);
    const told = await leads.get(`/leads/${message.lead.id}`, { tenant: message.tenant_id });
    expect(told.status).toBe(404);
  });
});

describe('a request to classify a lead again', () => {
  it('makes the next insight by the adapter that it names, and keeps those before', async () => {
    const asked: unknown[] = [];
    const { message, leads, history } = await classified({
      async classify(_note, adapter) {
        asked.push(adapter);
        return aClassification({ priority: asked.length === 1 ? 'P1' : 'P0' });
      },
    });
    const [first] = await history();

    await leads.triage(rerun(message, 'openai'));

    const insights = await history();
    expect(asked).toEqual([undefined, 'openai']);
    expect(insights.map(({ version }) => version)).toEqual([2, 1]);
    expect(insights[1]).toEqual(first);
    expect(leads.published.map(({ version }) => version)).toEqual([1, 2]);
    expect(leads.counted).toEqual([message.tenant_id]);
  });

  it('moves the lead to its new priority in the list', async () => {
    const classifications = [
      aClassification({ priority: 'P3' }),
      aClassification({ priority: 'P0' }),
    ];
    const { message, leads } = await classified({
      classify: async () => classifications.shift() ?? aClassification(),
    });
    await leads.triage(rerun(message));

    const found = await Promise.all(
      ['P3', 'P0'].map(async (priority) => {
        const list = await leads.get(`/leads?priority=${priority}`, { tenant: message.tenant_id });
        return ((await list.json()) as { leads: unknown[] }).leads.length;
      }),
    );

    expect(found).toEqual([0, 1]);
  });

  it('is answered once, however often it comes, and after later ones too', async () => {
    const { message, leads, history } = await classified();
    const [first, second] = [rerun(message), rerun(message)];

    for (const one of [first, first, second, first, second, message, first]) {
      await leads.triage(one);
    }

    expect((await history()).map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(leads.published.map(({ version }) => version)).toEqual([1, 2, 3]);
  });

  it('and others at the same time are all answered, each with an insight of its own', async () => {
    const { message, leads, history } = await classified();
    const requests = [rerun(message), rerun(message), rerun(message)];

    await Promise.all([...requests, ...requests].map((request) => leads.triage(request)));

    const insights = await history();
    expect(insights.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    expect(new Set(insights.map(({ id }) => id)).size).toBe(4);
  });

  it('may come before the lead was ever classified, and counts as its classification', async () => {
    const [message, leads] = [aMessage(), aWorld(table)];
    await leads.store.store({ ...message.lead, ...message });

    await leads.triage(rerun(message));
    await leads.triage(message);

    const [stored] = await leadsIn(table, message.tenant_id);
    expect(stored?.insight?.version).toBe(1);
    expect(leads.counted).toEqual([message.tenant_id]);
  });

  it('of a lead that is not there is let go', async () => {
    const [message, leads] = [aMessage(), aWorld(table)];

    await leads.triage(rerun(message));

    expect(await leadsIn(table, message.tenant_id)).toEqual([]);
    expect(leads.published).toEqual([]);
  });
});
