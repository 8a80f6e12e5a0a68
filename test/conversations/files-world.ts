import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { conversationsApp } from '../../lambdas/conversations/conversations-api.ts';
import { handoverFeature } from '../../lambdas/conversations/features.ts';
import { fileBounds, fileTypes } from '../../lambdas/conversations/file-bounds.ts';
import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { type ObjectStore, objectStore } from '../../lambdas/vendors/aws/objects.ts';
import type { Objects } from '../../local/cloud/objects.ts';
import { type Calling, calling } from '../support/calling.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { objectsHere } from '../support/stores.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

export let table: TestTable;
export let bucket: ObjectStore;
export let objects: Objects;

export function files() {
  beforeAll(async () => {
    [table, objects] = await Promise.all([startTestTable(['inbox:inbox_at']), objectsHere()]);
    await objects.create('files', [
      { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'POST'], AllowedHeaders: ['*'] },
    ]);
    bucket = objectStore({ client: objects.client, bucket: 'files' });
  });

  afterAll(async () => {
    await table.close();
    await objects.close();
  });
}

export const png = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
  Buffer.alloc(40, 1),
]);
const bounds = {
  mime_types: [...fileTypes],
  max_bytes: 10_000,
  max_count: 2,
  max_per_conversation: 3,
};

let count = 0;

/** A conversation of a participant, and the routes for him. */
export async function aConversation(
  tenant_id = `tenant-${++count}`,
  participant_id = `anon_${++count}`,
) {
  const conversation_id = `conv_${++count}`;
  const conversations = conversationLog(table);
  await conversations.open({ tenant_id, conversation_id, participant_id, channel: 'webchat' });
  const app = conversationsApp({
    usage: { tryAcquireRequest: async () => ({ acquired: true }) },
    clock: table.clock,
    log: recordedLog(),
    meter: recordedMeter(),
    table,
    conversations,
    handover: async () => handoverFeature.parse({}),
    send: async () => undefined,
    events: { publish: async () => undefined },
    objects: bucket,
    fileBounds: async () => fileBounds.parse(bounds),
    newId: randomUUID,
  });
  const ask = async (method: string, path: string, more: Calling = {}) => {
    const who = { role: 'Participant', principal: `visitor:${participant_id}` } as const;
    const scopes = ['conversations:visit'] as const;
    return documented(
      method,
      path,
      await calling(app, method, path, { tenant: tenant_id, ...who, scopes, ...more }),
    );
  };
  const path = `/conversations/${conversation_id}/files`;
  return { tenant_id, conversation_id, participant_id, conversations, ask, path };
}
export type Visit = Awaited<ReturnType<typeof aConversation>>;

export interface Begun {
  file_id: string;
  filename: string;
  upload: { url: string; fields: Record<string, string> };
}

export const dataOf = async <T>(response: Response) =>
  ((await response.json()) as { data: T }).data;

export const begin = ({ ask, path }: Visit, body: Record<string, unknown> = {}) =>
  ask('POST', path, {
    body: { filename: 'shoe.png', mime_type: 'image/png', size: png.length, ...body },
  });

export async function post(
  { upload: { url, fields } }: Begun,
  content: Uint8Array,
): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(content)]));
  return (await fetch(url, { method: 'POST', body: form })).status;
}

/** A file whose content is uploaded, and what its completion answers. */
export async function uploaded(visit: Visit, content: Uint8Array = png, body: object = {}) {
  const begun = await dataOf<Begun>(await begin(visit, { size: content.length, ...body }));
  expect(await post(begun, content)).toBe(204);
  const path = `${visit.path}/${begun.file_id}`;
  return { begun, path, completed: await visit.ask('POST', `${path}/complete`) };
}
