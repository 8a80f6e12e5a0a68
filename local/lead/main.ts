import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AdapterName, Insight, Lead } from '../../lambdas/leads/messages.ts';
import { routes } from '../../lambdas/leads/routes.ts';
import { refusalText } from '../refusal-text.ts';
import { nothingRuns, runningIn } from '../running.ts';
import { insightText } from './show.ts';

interface Out {
  write(text: string): unknown;
}

interface LeadOptions {
  lead: Record<string, string | undefined>;
  /** Has it classified again by it. */
  adapter: AdapterName | undefined;
}

/** Has the product that runs here classify a lead; false where it could not. */
export async function classifyLead(
  { lead: fields, adapter }: LeadOptions,
  dataDir: string,
  { stdout: out, stderr: err }: { stdout: Out; stderr: Out },
): Promise<boolean> {
  const state = runningIn(dataDir);
  if (!state) {
    err.write(`${nothingRuns(dataDir)}\n`);
    return false;
  }
  const key = readFileSync(path.join(dataDir, 'demo-key'), 'utf8').trim();
  const call = callOf(state.url, key);
  try {
    const { id } = await call<Lead>('POST', routes.createLead.path, fields);
    out.write(`Lead    ${id}\n`);
    const place = routes.getInsight.path.replace('{lead_id}', id);
    out.write(`${insightText(await insightAt(call, place, 1))}\n`);
    if (!adapter) return true;
    await call('POST', place, { adapter });
    out.write(
      `\nClassified again by ${adapter}:\n${insightText(await insightAt(call, place, 2))}\n`,
    );
    return true;
  } catch (error) {
    err.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

type Call = <T>(method: string, where: string, body?: unknown) => Promise<T>;

class NotYet extends Error {}

const callOf =
  (url: string, key: string): Call =>
  async <T>(method: string, where: string, body?: unknown) => {
    const response = await fetch(url + where, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    if (response.status === 404) throw new NotYet(`${method} ${where} answered 404: ${text}`);
    throw new Error(refusalText(method, where, response.status, text));
  };

const timeoutMs = 60_000;

/** The insight once it has that version. */
async function insightAt(call: Call, place: string, version: number): Promise<Insight> {
  for (let waited = 0; waited < timeoutMs; waited += pauseMs) {
    try {
      const insight = await call<Insight>('GET', place);
      if (insight.version >= version) return insight;
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
    }
    await sleep(pauseMs);
  }
  throw new Error(
    `The lead has not been classified within ${timeoutMs / 1000} s: npx replies logs lead-triage says why.`,
  );
}

const pauseMs = 250;
