import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Insight } from '../../lambdas/leads/messages.ts';
import { days } from '../support/clock.ts';
import type { TestTable } from '../support/table.ts';
import { aWorld, leadOf, problemOf, startLeadsTable, withKey } from './leads-world.ts';

let table: TestTable;
let tenants = 0;

beforeAll(async () => {
  table = await startLeadsTable();
});

afterAll(() => table.close());

/** A company with one lead that waits to be classified. */
async function aLead({ retentionDays = 90 } = {}) {
  tenants += 1;
  const asking = { tenant: `company-${tenants}` };
  const leads = aWorld(table, { retentionDays });
  const lead = await leadOf(await leads.post({ note: 'Hi' }, withKey('k', asking)));
  const classified = async () => {
    for (const message of leads.queue.splice(0)) await leads.triage(message);
  };
  const get = (path: string) => leads.get(`/leads/${lead.id}${path}`, asking);
  return { leads, asking, lead, classified, get };
}

interface Page {
  insights: Insight[];
  next_cursor: string | null;
}

describe('a lead that is not there', () => {
  it.each([randomUUID(), 'x', 'LEAD%23', 'a'.repeat(2_000)])(
    'is told of by the id %s as that',
    async (id) => {
      const leads = aWorld(table);
      const answers = await Promise.all([
        leads.get(`/leads/${id}`),
        leads.get(`/leads/${id}/insight`),
        leads.get(`/leads/${id}/insights`),
        leads.reclassify(id),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      expect(await Promise.all(answers.map(problemOf))).toEqual(Array(4).fill('not-found'));
      expect(leads.queue).toEqual([]);
    },
  );

  it('is one that has expired, though it is still stored', async () => {
    const { get, classified, leads, asking } = await aLead({ retentionDays: 2 });
    await classified();
    table.clock.pass(days(2) + 1_000);

    const statuses = (await Promise.all([get(''), get('/insight'), get('/insights')])).map(
      ({ status }) => status,
    );
    const list = await leads.get('/leads', asking);

    expect(statuses).toEqual([404, 404, 404]);
    expect(await list.json()).toEqual({ leads: [], next_cursor: null });
  });

  it('is one of another company', async () => {
    const { lead, leads } = await aLead();
    const asking = { tenant: 'somebody-else' };

    expect((await leads.get(`/leads/${lead.id}`, asking)).status).toBe(404);
    expect((await leads.reclassify(lead.id, {}, asking)).status).toBe(404);
  });
});

describe('an insight that is not there yet', () => {
  it('is told of as that, with when to ask again', async () => {
    const { get } = await aLead();

    const response = await get('/insight');

    expect([response.status, response.headers.get('retry-after')]).toEqual([404, '1']);
    expect(await problemOf(response)).toBe('insight-pending');
  });

  it('is null in the list, and the history is empty', async () => {
    const { get, leads, asking, lead } = await aLead();

    const list = await leads.get('/leads', asking);

    expect(await list.json()).toMatchObject({ leads: [{ id: lead.id, insight: null }] });
    expect(await (await get('/insights')).json()).toEqual({ insights: [], next_cursor: null });
  });
});

describe('an insight', () => {
  it('is the same wherever it is asked for, by an id in any case', async () => {
    const { get, classified, leads, asking, lead } = await aLead();
    await classified();
    const insight = (await (await get('/insight')).json()) as Insight;
    const list = await leads.get('/leads', asking);
    const upper = await leads.get(`/leads/${lead.id.toUpperCase()}/insight`, asking);

    expect(insight.lead_id).toBe(lead.id);
    expect(await upper.json()).toEqual(insight);
    expect(await list.json()).toMatchObject({ leads: [{ insight }] });
    expect(await (await get('/insights')).json()).toEqual({
      insights: [insight],
      next_cursor: null,
    });
  });

  it('says nothing of the request that led to it', async () => {
    const { get, classified, leads, asking, lead } = await aLead();
    await classified();
    await leads.reclassify(lead.id, { adapter: 'rules' }, asking);
    await classified();

    const texts = await Promise.all(
      [await get('/insight'), await get('/insights'), await leads.get('/leads', asking)].map(
        (response) => response.text(),
      ),
    );

    expect(texts.join()).not.toMatch(/request_id|tenant_id|expires_at|announced/);
  });
});

describe('a request to classify again', () => {
  it('needs no body', async () => {
    const { leads, asking, lead } = await aLead();
    leads.queue.splice(0);

    const response = await leads.reclassify(lead.id, 'none', asking);

    expect(response.status).toBe(202);
    expect(leads.queue).toMatchObject([{ kind: 'again', lead_id: lead.id }]);
  });

  it('is accepted with an id of its own, and where to look', async () => {
    const { leads, asking, lead } = await aLead();
    leads.queue.splice(0);

    const response = await leads.reclassify(lead.id, { adapter: 'openai' }, asking);
    const accepted = (await response.json()) as { request_id: string };

    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`/leads/${lead.id}/insight`);
    expect(accepted).toMatchObject({ lead_id: lead.id, adapter: 'openai' });
    expect(leads.queue).toEqual([
      {
        kind: 'again',
        tenant_id: asking.tenant,
        lead_id: lead.id,
        request_id: accepted.request_id,
        adapter: 'openai',
      },
    ]);
  });

  it.each([{ adapter: 'oracle' }, { adapter: null }, { model: 'x' }, []])(
    'with %j is refused',
    async (body) => {
      const { leads, asking, lead } = await aLead();
      leads.queue.splice(0);

      expect((await leads.reclassify(lead.id, body, asking)).status).toBe(422);
      expect(leads.queue).toEqual([]);
    },
  );

  it('needs more than to read', async () => {
    const { leads, asking, lead } = await aLead();

    const response = await leads.reclassify(lead.id, {}, { ...asking, scopes: ['leads:read'] });

    expect(response.status).toBe(403);
  });
});

describe('the history of a lead', () => {
  it('is told by pages, newest first, without a gap or a double', async () => {
    const { get, classified, leads, asking, lead } = await aLead();
    for (let n = 1; n < 7; n++) await leads.reclassify(lead.id, {}, asking);
    await classified();

    const pages: number[][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = `?limit=3${cursor && `&cursor=${cursor}`}`;
      const page = (await (await get(`/insights${query}`)).json()) as Page;
      pages.push(page.insights.map(({ version }) => version));
      cursor = page.next_cursor;
    }

    expect(pages).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
  });

  it('continues where it was, though the lead is classified again meanwhile', async () => {
    const { get, classified, leads, asking, lead } = await aLead();
    for (let n = 1; n < 4; n++) await leads.reclassify(lead.id, {}, asking);
    await classified();
    const first = (await (await get('/insights?limit=2')).json()) as Page;
    await leads.reclassify(lead.id, {}, asking);
    await classified();

    const rest = (await (await get(`/insights?cursor=${first.next_cursor}`)).json()) as Page;

    expect(first.insights.map(({ version }) => version)).toEqual([4, 3]);
    expect(rest.insights.map(({ version }) => version)).toEqual([2, 1]);
  });

  it('ends at a cursor that is before all, and begins at one that is after', async () => {
    const { get, classified } = await aLead();
    await classified();

    const [before, after] = await Promise.all([
      get('/insights?cursor=1'),
      get('/insights?cursor=99'),
    ]);

    expect(await before.json()).toEqual({ insights: [], next_cursor: null });
    expect(((await after.json()) as Page).insights).toHaveLength(1);
  });

  it.each(['cursor=0', 'cursor=x', 'cursor=1e3', 'cursor=-1', 'limit=0', 'limit=51'])(
    'with %s is refused',
    async (query) => {
      const { get } = await aLead();

      expect((await get(`/insights?${query}`)).status).toBe(422);
    },
  );
});
