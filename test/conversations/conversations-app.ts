import { afterAll, beforeAll } from 'vitest';
import { conversationsApp } from '../../lambdas/conversations/conversations-api.ts';
import { handoverFeature } from '../../lambdas/conversations/features.ts';
import type { OutboundMessage } from '../../lambdas/conversations/messages.ts';
import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { fileStore } from '../../lambdas/conversations/stores/file-store.ts';
import { published } from '../../lambdas/conversations/wiring.ts';
import { eventSchema, type ProductEvent } from '../../lambdas/events/messages.ts';
import { type Calling, calling } from '../support/calling.ts';
import { TestProcess } from '../support/crash.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { withoutFiles } from '../support/objects.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

let tenants = 0;

/** The routes of this context on a store, each test's for a tenant of its own, held against the OpenAPI document. */
export function conversations() {
  let table: TestTable;
  beforeAll(async () => {
    table = await startTestTable(['inbox:inbox_at']);
  });
  afterAll(() => table.close());

  return () => {
    tenants += 1;
    const tenant = `tenant-${tenants}`;
    /** What is published, and what is handed to WhatsApp. */
    const events: ProductEvent[] = [];
    const sent: OutboundMessage[] = [];

    /** The routes as a process has them. */
    const appOf = (process: TestProcess) => {
      const own = process.client(table);
      const bus = {
        publish: (event: ProductEvent) =>
          process.call(async () => void events.push(eventSchema.parse(event))),
      };
      return conversationsApp({
        usage: { tryAcquireRequest: async () => ({ acquired: true }) },
        clock: table.clock,
        log: recordedLog(),
        meter: recordedMeter(),
        table: own,
        ...withoutFiles,
        conversations: conversationLog(own, published(bus)),
        events: bus,
        handover: async () => handoverFeature.parse({ text: 'Somebody will come.' }),
        send: (message) => process.call(async () => void sent.push(message)),
      });
    };

    const scopes = ['conversations:read', 'conversations:visit', 'conversations:write'] as const;
    const askBy =
      (process: TestProcess) =>
      async (method: string, path: string, more: Calling = {}) => {
        const app = appOf(process);
        const response = await process.outcome(
          calling(app, method, path, { tenant, scopes, ...more }),
        );
        return response && documented(method, path, response);
      };
    const ask = async (method: string, path: string, more: Calling = {}) => {
      const response = await askBy(new TestProcess())(method, path, more);
      if (!response) throw new Error('Nothing befalls this process.');
      return response;
    };
    return Object.assign(ask, {
      clock: table.clock,
      tenant,
      log: conversationLog(table),
      files: fileStore(table),
      askBy,
      events,
      sent,
    });
  };
}

/** All faults of a refusal, by their pointers. */
export async function faultsOf(response: Response): Promise<Record<string, string>> {
  const { errors = [] } = (await response.json()) as {
    errors?: { pointer: string; detail: string }[];
  };
  return Object.fromEntries(errors.map(({ pointer, detail }) => [pointer, detail]));
}
