import {
  type BatchGetCommandOutput,
  BatchWriteCommand,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexed, keys } from '../../lambdas/leads/stores/keys.ts';
import { type LeadFilter, leadLists } from '../../lambdas/leads/stores/lead-lists.ts';
import type { Intent, Priority } from '../../lambdas/leads/work/insight.ts';
import type { TestTable } from '../support/table.ts';
import { through } from '../support/through.ts';
import { aClassification, startLeadsTable } from './leads-world.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startLeadsTable();
});

afterAll(() => table.close());

interface Traits {
  priority: Priority;
  intent: Intent;
  source: string | null;
}

/** A company's leads, the oldest first, each with what it is classified to be; gives their ids. */
async function leadsOf(tenant_id: string, all: Traits[]): Promise<string[]> {
  const now = table.clock.now();
  const items = all.map(({ priority, intent, source }, index) => {
    const id = uuidv7({ msecs: now + index * 1_000 });
    return {
      ...keys.lead(tenant_id, id),
      ...{ id, tenant_id, source, expires_at: now / 1_000 + 86_400 },
      insight: aClassification({ priority, intent }),
      by_priority: indexed.by_priority(tenant_id, priority),
      by_intent: indexed.by_intent(tenant_id, intent),
      ...(source !== null && { by_source: indexed.by_source(tenant_id, source) }),
    };
  });
  for (let at = 0; at < items.length; at += 25) {
    const batch = items.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } }));
    await table.client.send(new BatchWriteCommand({ RequestItems: { [table.name]: batch } }));
  }
  return items.map(({ id }) => id);
}

/** Lists that count what they read: entries of indexes, and leads. */
function countedLists() {
  const read = { entries: 0, leads: 0 };
  const counted = through(table, async (command, real) => {
    const output = (await real(command)) as QueryCommandOutput & BatchGetCommandOutput;
    read.entries += output.Items?.length ?? 0;
    read.leads += output.Responses?.[table.name]?.length ?? 0;
    return output;
  });
  return { lists: leadLists(counted), read };
}

/** All leads that a filter finds, page by page. */
async function found(tenant: string, filter: LeadFilter, limit = 50) {
  const { lists, read } = countedLists();
  const ids: string[] = [];
  let [cursor, pages] = [undefined as string | undefined, 0];
  do {
    const page = await lists.leads(tenant, filter, limit, cursor);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next;
    pages += 1;
  } while (cursor !== undefined);
  return { ids, pages, read };
}

const many = (count: number, traits: (index: number) => Partial<Traits>): Traits[] =>
  Array.from({ length: count }, (_, index) => ({
    priority: 'P2' as const,
    intent: 'buy' as const,
    source: 'web',
    ...traits(index),
  }));

/** The ids of those that fit, the latest first. */
const fitting = (ids: string[], traits: Traits[], filter: LeadFilter) =>
  ids
    .filter((_, index) =>
      Object.entries(filter).every(
        ([name, wanted]) => traits[index]?.[name as keyof Traits] === wanted,
      ),
    )
    .toReversed();

describe('two hits among a thousand leads', () => {
  const traits = many(1_000, (index) => ({
    ...(index % 500 === 250 && { priority: 'P0' }),
    ...(index % 500 === 251 && { source: 'fair' }),
    ...(index % 500 === 252 && { intent: 'job' }),
    ...(index % 2 === 0 && index % 500 !== 250 && { priority: 'P3' }),
    ...((index % 2 === 1 || index % 500 === 256) && { intent: 'support' }),
  }));
  let ids: string[];

  beforeAll(async () => {
    ids = await leadsOf('thousand', traits);
  });

  it.each<[string, LeadFilter]>([
    ['a rare priority within a source', { source: 'web', priority: 'P0' }],
    ['a rare source within a priority', { source: 'fair', priority: 'P2' }],
    ['a rare intent within both', { source: 'web', priority: 'P3', intent: 'job' }],
    ['the few that two halves share', { priority: 'P3', intent: 'support' }],
  ])('that are %s are one page, and hardly another lead is read', async (_, filter) => {
    const { ids: hits, pages, read } = await found('thousand', filter);

    expect(hits).toHaveLength(2);
    expect(hits).toEqual(fitting(ids, traits, filter));
    expect(pages).toBe(1);
    expect(read.leads).toBeLessThanOrEqual(20);
    expect(read.entries).toBeLessThanOrEqual(1_200);
  });
});

describe('leads by several filters', () => {
  const [sources, priorities] = [['web', 'fair', null], ['P0', 'P1', 'P2'] as const];
  /** Runs of leads that are alike, so that the narrowest index is now one and now another. */
  const traits = many(450, (index) => ({
    source: sources[Math.floor(index / 120) % 3] ?? null,
    priority: priorities[index % 7 === 0 ? 0 : (Math.floor(index / 170) % 2) + 1] ?? 'P0',
    intent: index % 9 === 0 ? 'support' : 'buy',
  }));
  let ids: string[];

  beforeAll(async () => {
    ids = await leadsOf('mixed', traits);
  });

  it.each<[LeadFilter]>([
    [{ source: 'web', priority: 'P0' }],
    [{ source: 'fair', priority: 'P1' }],
    [{ priority: 'P2', intent: 'buy' }],
    [{ source: 'web', intent: 'support' }],
    [{ source: 'web', priority: 'P1', intent: 'support' }],
    [{ source: 'nowhere', priority: 'P1' }],
  ])('by %o are all that fit, newest first, whatever the page has', async (filter) => {
    for (const limit of [7, 50]) {
      const { ids: hits, pages } = await found('mixed', filter, limit);

      expect(hits).toEqual(fitting(ids, traits, filter));
      expect(pages).toBe(Math.max(1, Math.ceil(hits.length / limit)));
    }
  });

  it('continue at a cursor of any lead, such as one that a version before gave', async () => {
    const filter: LeadFilter = { source: 'web', priority: 'P0' };
    const { lists } = countedLists();

    for (const cursor of [ids[10], ids[200], ids[449]] as string[]) {
      const { items } = await lists.leads('mixed', filter, 50, cursor);

      const after = fitting(ids, traits, filter).filter((id) => id < cursor);
      expect(items.map(({ id }) => id)).toEqual(after.slice(0, 50));
    }
  });
});
