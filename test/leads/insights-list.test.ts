import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Insight, Lead } from '../../lambdas/leads/messages.ts';
import { intents, priorities } from '../../lambdas/leads/work/insight.ts';
import type { Classification } from '../../lambdas/leads/work/ports.ts';
import { days } from '../support/clock.ts';
import type { TestTable } from '../support/table.ts';
import { aClassification, aWorld, leadOf, startLeadsTable, withKey } from './leads-world.ts';

let table: TestTable;
let tenants = 0;

beforeAll(async () => {
  table = await startLeadsTable();
});

afterAll(() => table.close());

type Listed = Lead & { insight: Insight | null };
interface Page {
  leads: Listed[];
  next_cursor: string | null;
}
/** What a lead turns out to be. */
interface Traits {
  priority: Classification['priority'];
  intent: Classification['intent'];
  source: string | null;
}

/** A company whose leads turn out to be as they are said to be. */
function aCompany() {
  tenants += 1;
  const asking = { tenant: `company-${tenants}` };
  const traits = new Map<string, Traits>();
  const leads = aWorld(table, {
    classify: async (note) => {
      const { priority = 'P1', intent = 'buy' } = traits.get(note) ?? {};
      return aClassification({ priority, intent });
    },
  });
  let count = 0;
  async function add(given: Partial<Traits> = {}): Promise<Lead> {
    count += 1;
    const [note, one] = [
      `note ${count}`,
      { priority: 'P1', intent: 'buy', source: null, ...given },
    ];
    traits.set(note, one as Traits);
    table.clock.pass(1_000);
    const lead = await leadOf(
      await leads.post({ note, source: one.source }, withKey(`key-${count}`, asking)),
    );
    for (const message of leads.queue.splice(0)) await leads.triage(message);
    return lead;
  }
  const page = async (query: string): Promise<Page> =>
    (await (await leads.get(`/leads${query}`, asking)).json()) as Page;
  return { add, page, asking, leads, traitsOf: ({ note }: Lead) => traits.get(note) };
}
type Company = ReturnType<typeof aCompany>;

/** All pages one after the other; `meanwhile` happens between two. */
async function pagesOf(
  { page }: Company,
  query: Record<string, string>,
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<Listed[][]> {
  const pages: Listed[][] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const search = new URLSearchParams({ ...query, ...(cursor && { cursor }) });
    const next = await page(`?${search}`);
    pages.push(next.leads);
    cursor = next.next_cursor;
    await meanwhile();
  }
  return pages;
}

describe('the list of leads', () => {
  it('is empty for a company without any', async () => {
    expect(await aCompany().page('')).toEqual({ leads: [], next_cursor: null });
  });

  it('is newest first, and has all of each lead', async () => {
    const company = aCompany();
    const added = [await company.add(), await company.add(), await company.add()];

    const { leads, next_cursor } = await company.page('');

    expect(leads).toMatchObject(added.toReversed());
    expect(next_cursor).toBeNull();
  });

  it('has fifty on a page unless fewer are wanted', async () => {
    const company = aCompany();
    for (let n = 0; n < 51; n++) await company.add();

    const [all, few] = [await pagesOf(company, {}), await company.page('?limit=7')];

    expect(all.map(({ length }) => length)).toEqual([50, 1]);
    expect(few.leads).toHaveLength(7);
  });

  it('has no page more than it needs', async () => {
    const company = aCompany();
    for (let n = 0; n < 6; n++) await company.add({ priority: n % 2 ? 'P0' : 'P3' });

    const queries: Record<string, string>[] = [{ limit: '3' }, { limit: '3', priority: 'P0' }];
    const counts = await Promise.all(queries.map((query) => pagesOf(company, query)));

    expect(counts.map((pages) => pages.map(({ length }) => length))).toEqual([[3, 3], [3]]);
  });

  it('has no gap and no double while new leads come', async () => {
    const company = aCompany();
    const added: string[] = [];
    for (let n = 0; n < 9; n++) added.unshift((await company.add()).id);

    const pages = await pagesOf(company, { limit: '2', priority: 'P1' }, () => company.add());

    expect(pages.flat().map(({ id }) => id)).toEqual(added);
  });

  it('has no lead that has expired, and continues after those', async () => {
    const company = aCompany();
    for (let n = 0; n < 4; n++) await company.add();
    table.clock.pass(days(60));
    const kept = [await company.add(), await company.add()].map(({ id }) => id);
    table.clock.pass(days(31));
    const last = await company.add();

    const pages = await pagesOf(company, { limit: '1' });

    expect(pages.flat().map(({ id }) => id)).toEqual([last.id, ...kept.toReversed()]);
  });

  it('is found by a source of any letters', async () => {
    const company = aCompany();
    const source = 'Größe & Co #1 / 漢字?';
    const lead = await company.add({ source });
    await company.add({ source: 'Größe & Co' });

    const { leads } = await company.page(`?source=${encodeURIComponent(source)}`);

    expect(leads.map(({ id }) => id)).toEqual([lead.id]);
  });

  it('is of its company alone, by every filter', async () => {
    const [company, other] = [aCompany(), aCompany()];
    const lead = await company.add({ source: 'web' });
    await other.add({ source: 'web' });

    for (const query of ['', '?source=web', '?priority=P1', '?intent=buy&priority=P1']) {
      const { leads } = await company.page(query);
      expect(leads.map(({ id }) => id)).toEqual([lead.id]);
    }
  });

  it('by any filters has those that fit, all of them, in order', async () => {
    const company = aCompany();
    const someTraits = fc.record({
      priority: fc.constantFrom(...priorities.slice(0, 2)),
      intent: fc.constantFrom(...intents.slice(0, 2)),
      source: fc.constantFrom('web', 'fair', null),
    });
    const added: Listed[] = [];
    for (const traits of fc.sample(someTraits, { numRuns: 40, seed: 5 })) {
      added.unshift({ ...(await company.add(traits)), insight: null });
    }
    const filter = fc.record(
      {
        priority: fc.constantFrom(...priorities),
        intent: fc.constantFrom(...intents.slice(0, 3)),
        source: fc.constantFrom('web', 'fair', 'mail'),
        limit: fc.integer({ min: 1, max: 50 }).map(String),
      },
      { requiredKeys: [] },
    );

    await fc.assert(
      fc.asyncProperty(filter, async ({ limit = '50', ...wanted }) => {
        const pages = await pagesOf(company, { ...wanted, limit });

        const fitting = added.filter((lead) =>
          Object.entries(wanted).every(
            ([trait, value]) => company.traitsOf(lead)?.[trait as keyof Traits] === value,
          ),
        );
        expect(pages.flat().map(({ id }) => id)).toEqual(fitting.map(({ id }) => id));
        expect(pages.every(({ length }) => length <= Number(limit))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});
