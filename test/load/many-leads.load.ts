import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../bench/seeded-random.ts';
import type { Insight, Lead } from '../../lambdas/leads/messages.ts';
import { aKey } from '../support/credentials.ts';
import { messagesIn, startTestEngine, type TestEngine } from '../support/engine.ts';

const requests = 2_000;
const clients = 50;
/** Each third request is one that another sends too. */
const distinct = Math.ceil((requests * 2) / 3);
const deadLetters = 'replies-engine-leads-dlq-local';

let engine: TestEngine;
let key: string;

beforeAll(async () => {
  engine = await startTestEngine();
  const rate_limit = { requests_per_second: 10_000, burst: 100_000 };
  await engine.tenants.create('busy', 'Busy', { rate_limit });
  key = (await aKey(engine, 'busy')).text;
});

afterAll(() => engine.stop());

type Counts = Record<string, number>;
type Listed = Lead & { insight: Insight | null };

const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(engine.cloud.url + path, {
    ...init,
    headers: { authorization: `Bearer ${key}`, ...headers },
  });

/** Sends one lead until it is taken; counts every answer on the way. */
async function send(idempotencyKey: string, counts: Counts): Promise<Lead> {
  for (let tries = 0; tries < 60; tries++) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
    const body = JSON.stringify({ note: `Pricing for ${idempotencyKey}?`, source: 'load' });
    const response = await ask('/leads', headers, { method: 'POST', body });
    counts[response.status] = (counts[response.status] ?? 0) + 1;
    if (response.ok) return (await response.json()) as Lead;
    const { type } = (await response.json()) as { type?: string };
    const comesBack = response.status === 503 || type?.endsWith('idempotency-key-in-flight');
    if (!comesBack) throw new Error(`A lead was refused: ${response.status} ${type}`);
    await sleep(500);
  }
  throw new Error('A lead was not taken at 60 tries.');
}

/** The keys to send, so that the same one often comes from two clients at the same time. */
function plannedKeys(): string[] {
  const random = seededRandom(17);
  const keys = Array.from({ length: distinct }, () => randomUUID());
  const repeated = keys.slice(0, requests - distinct);
  const positions = [...keys.keys()].map((at) => ({ at, key: keys[at] as string }));
  const doubles = repeated.map((again, at) => {
    const isAtOnce = random() < 0.5;
    return { at: isAtOnce ? at + 0.5 : at + 1 + random() * (distinct - at), key: again };
  });
  return [...positions, ...doubles].toSorted((a, b) => a.at - b.at).map((planned) => planned.key);
}

async function allLeads(): Promise<Listed[]> {
  const all: Listed[] = [];
  let cursor: string | null = null;
  do {
    const response = await ask(`/leads${cursor ? `?cursor=${cursor}` : ''}`);
    const page = (await response.json()) as { leads: Listed[]; next_cursor: string | null };
    all.push(...page.leads);
    cursor = page.next_cursor;
  } while (cursor);
  return all;
}

async function whenAllClassified(timeoutMs: number): Promise<Listed[]> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const leads = await allLeads();
    if (leads.every(({ insight }) => insight)) return leads;
    if (Date.now() > until) throw new Error('Some leads have not been classified.');
    await sleep(500);
  }
}

async function inTurns<T>(work: T[], each: (item: T) => Promise<void>): Promise<void> {
  const waiting = work.values();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (const item of waiting) await each(item);
    }),
  );
}

/** Kills the worker twice, each time while it is at work: once leads have come in. */
async function killTwice(taken: () => number): Promise<void> {
  const worker = engine.cloud.services.functions.get('replies-engine-lead-triage-local');
  if (!worker) throw new Error('Expected the worker of leads.');
  for (const share of [0.25, 0.75]) {
    while (taken() < distinct * share) await sleep(20);
    worker.crash();
  }
}

describe('2,000 leads of 50 clients', () => {
  it('are as many leads and insights as there are keys, though a third comes twice and the worker is killed', async () => {
    const [counts, answers] = [{} as Counts, new Map<string, Set<string>>()];
    const begin = performance.now();

    const kills = killTwice(() => answers.size);
    await inTurns(plannedKeys(), async (idempotencyKey) => {
      const { id } = await send(idempotencyKey, counts);
      answers.set(idempotencyKey, (answers.get(idempotencyKey) ?? new Set()).add(id));
    });
    await kills;
    const intakeMs = performance.now() - begin;
    const leads = await whenAllClassified(300_000);
    const classifiedMs = performance.now() - begin;

    const told = Object.entries(counts).map(([status, count]) => `${count} × ${status}`);
    console.log(
      `${requests} leads of ${distinct} keys: taken after ${(intakeMs / 1000).toFixed(1)} s, ` +
        `classified after ${(classifiedMs / 1000).toFixed(1)} s; ${told.join(', ')}`,
    );
    expect([...answers.values()].every((ids) => ids.size === 1)).toBe(true);
    const ids = [...answers.values()].flatMap((known) => [...known]);
    expect(leads).toHaveLength(distinct);
    expect(new Set(leads.map(({ id }) => id))).toEqual(new Set(ids));
    expect(leads.map(({ insight }) => insight?.version)).toEqual(leads.map(() => 1));
    expect(counts[201]).toBe(distinct);
    expect(counts[200]).toBe(requests - distinct);
    expect(await messagesIn(engine, deadLetters)).toBe(0);
  });
});
