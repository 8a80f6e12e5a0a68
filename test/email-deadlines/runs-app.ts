import type { RunMessage } from '../../lambdas/email-deadlines/messages.ts';
import type { EmailRunStatus } from '../../lambdas/email-deadlines/routes.ts';
import { runKeys, runsApp } from '../../lambdas/email-deadlines/runs.ts';
import { runStore } from '../../lambdas/email-deadlines/stores/run-store.ts';
import { contextOf } from '../../lambdas/tenancy/caller.ts';
import type { Scope } from '../../lambdas/tenancy/scopes.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import type { TestTable } from '../support/table.ts';

const serviceMs = 500;

/** Who asks, and how. A body that is a text is sent as it is. */
export interface Asking {
  tenant?: string;
  scopes?: Scope[];
  headers?: Record<string, string>;
  /** With its question mark. */
  query?: string;
}

/** An email as a caller would write it. */
export const aMail = (email_id: string, fields: Record<string, unknown> = {}) => ({
  email_id,
  subject: `About ${email_id}`,
  body: 'Where is my order?',
  deadline: 60,
  ...fields,
});

/** The API of email runs on a real store; `started` is what was put into the queue of runs. */
export function aRunsApp(
  table: TestTable,
  { testMode = true, enqueue }: { testMode?: boolean; enqueue?: () => Promise<void> } = {},
) {
  const started: RunMessage[] = [];
  const runs = runStore(table);
  const app = runsApp({
    usage: { tryAcquireRequest: async () => ({ acquired: true }) },
    clock: table.clock,
    log: recordedLog(),
    meter: recordedMeter(),
    runs,
    idempotency: runKeys(table),
    expectation: async () => ({ serviceMs, gapMs: 0.1 }),
    async enqueue(message) {
      await enqueue?.();
      started.push(message);
    },
    testMode,
    concurrencyLimit: 64,
  });

  const ask = async (
    method: string,
    path: string,
    body: string | undefined,
    asking: Asking,
  ): Promise<Response> => {
    const { tenant = 'acme', scopes = ['emails:read', 'emails:write'], headers = {} } = asking;
    const lambda = contextOf({
      tenant_id: tenant,
      role: 'TenantAdmin',
      scopes,
      principal: `key:of-${tenant}`,
      valid_until: 0,
      rate_limit: { requests_per_second: 5, burst: 10 },
    });
    const init = { method, headers, ...(body !== undefined && { body }) };
    const event = { requestContext: { authorizer: { lambda } } };
    return documented(method, path, await app.request(path, init, { event }));
  };
  const post = (body: unknown, { headers, query = '', ...asking }: Asking = {}) =>
    ask('POST', `/email-runs${query}`, typeof body === 'string' ? body : JSON.stringify(body), {
      ...asking,
      headers: { 'content-type': 'application/json', ...headers },
    });

  return {
    runs,
    started,
    post,
    get: (path: string, asking: Asking = {}) => ask('GET', path, undefined, asking),
    trigger: (query = '', asking: Asking = {}) =>
      ask('POST', `/trigger${query}`, undefined, asking),
    /** A run that was accepted. */
    async start(
      emails: unknown[],
      more: object = {},
      asking: Asking = {},
    ): Promise<EmailRunStatus> {
      const response = await post({ emails, ...more }, asking);
      if (response.status !== 202) throw new Error(await response.text());
      return viewOf(response);
    },
  };
}

export const viewOf = async (response: Response) => (await response.json()) as EmailRunStatus;

/** What is wrong with a request, by its places. */
export async function faultsOf(response: Response): Promise<Record<string, string>> {
  const { errors } = (await response.json()) as { errors: { pointer: string; detail: string }[] };
  return Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]));
}

/** The details of all faults, in their order. */
export async function detailsOf(response: Response): Promise<string[]> {
  const { errors } = (await response.json()) as { errors: { detail: string }[] };
  return errors.map(({ detail }) => detail);
}
