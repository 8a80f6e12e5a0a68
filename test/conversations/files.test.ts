import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversationsApp } from '../../lambdas/conversations/conversations-api.ts';
import { handoverFeature } from '../../lambdas/conversations/features.ts';
import { fileBounds } from '../../lambdas/conversations/file-bounds.ts';
import {
  fileBytesOf,
  fileReferencesOf,
  objectKeyOf,
} from '../../lambdas/conversations/file-content.ts';
import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { type ObjectStore, objectStore } from '../../lambdas/vendors/aws/objects.ts';
import type { Objects } from '../../local/cloud/objects.ts';
import { type Calling, calling } from '../support/calling.ts';
import { days } from '../support/clock.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { objectsHere } from '../support/stores.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

let table: TestTable;
let objects: Objects;
let bucket: ObjectStore;

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

const png = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
  Buffer.alloc(40, 1),
]);
const types = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'application/pdf',
  'text/plain',
];
const bounds = { mime_types: types, max_bytes: 10_000, max_count: 2, max_per_conversation: 3 };

let count = 0;

/** A conversation of a participant, and the routes for him. */
async function aConversation(tenant_id = `tenant-${++count}`, participant_id = `anon_${++count}`) {
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
  return { tenant_id, conversation_id, participant_id, ask, path };
}
type Visit = Awaited<ReturnType<typeof aConversation>>;

interface Begun {
  file_id: string;
  filename: string;
  upload: { url: string; fields: Record<string, string> };
}

const dataOf = async <T>(response: Response) => ((await response.json()) as { data: T }).data;

const begin = ({ ask, path }: Visit, body: Record<string, unknown> = {}) =>
  ask('POST', path, {
    body: { filename: 'shoe.png', mime_type: 'image/png', size: png.length, ...body },
  });

async function post({ upload: { url, fields } }: Begun, content: Uint8Array): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([new Uint8Array(content)]));
  return (await fetch(url, { method: 'POST', body: form })).status;
}

/** A file whose content is uploaded, and what its completion answers. */
async function uploaded(visit: Visit, content: Uint8Array = png, body: object = {}) {
  const begun = await dataOf<Begun>(await begin(visit, { size: content.length, ...body }));
  expect(await post(begun, content)).toBe(204);
  const path = `${visit.path}/${begun.file_id}`;
  return { begun, path, completed: await visit.ask('POST', `${path}/complete`) };
}

describe('a file of a conversation', () => {
  it('is uploaded to the bucket itself, completed, and read by a URL of some minutes', async () => {
    const visit = await aConversation();

    const { begun, path, completed } = await uploaded(visit);
    const read = await dataOf<{ url: string; filename: string }>(await visit.ask('GET', path));
    const content = await fetch(read.url);

    expect(completed.status).toBe(200);
    expect(read).toMatchObject({
      file_id: begun.file_id,
      mime_type: 'image/png',
      size: png.length,
    });
    expect(Buffer.from(await content.arrayBuffer())).toEqual(png);
    expect(content.headers.get('content-type')).toBe('image/png');
    expect(content.headers.get('content-disposition')).toContain('attachment; filename="shoe.png"');
  });

  it('is completed once, however often that is asked for', async () => {
    const visit = await aConversation();
    const { path, completed } = await uploaded(visit);
    table.clock.pass(60_000);

    const again = await visit.ask('POST', `${path}/complete`);

    expect(await again.json()).toEqual(await completed.json());
  });

  it('is seen by a model once it is complete, and named by a message of its conversation alone', async () => {
    const [visit, other] = [await aConversation(), await aConversation()];
    const { begun } = await uploaded(visit);
    const open = await dataOf<Begun>(await begin(visit));
    const bytes = fileBytesOf(table, bucket);
    const references = fileReferencesOf(table);

    expect(await bytes(visit, begun.file_id)).toEqual({
      contentType: 'image/png',
      bytes: new Uint8Array(png),
    });
    expect(await bytes(visit, open.file_id)).toBeUndefined();
    expect(await bytes(other, begun.file_id)).toBeUndefined();
    expect(await references(visit, [begun.file_id])).toEqual([
      { file_id: begun.file_id, filename: 'shoe.png', mime_type: 'image/png', size: png.length },
    ]);
    expect(await references(visit, [begun.file_id, open.file_id])).toBeUndefined();
    expect(await references(other, [begun.file_id])).toBeUndefined();
  });

  it('is not shown to a model with another content, which the form still lets in for some minutes', async () => {
    const visit = await aConversation();
    const { begun } = await uploaded(visit);

    await post(begun, Buffer.alloc(png.length, '<script>'));

    expect(await fileBytesOf(table, bucket)(visit, begun.file_id)).toBeUndefined();
  });

  it('that is never completed is gone after a day', async () => {
    const visit = await aConversation();
    const begun = await dataOf<Begun>(await begin(visit));
    await post(begun, png);
    table.clock.pass(days(1) + 1_000);

    expect((await visit.ask('POST', `${visit.path}/${begun.file_id}/complete`)).status).toBe(404);
  });

  it('is not there before it is complete', async () => {
    const visit = await aConversation();
    const begun = await dataOf<Begun>(await begin(visit));
    const path = `${visit.path}/${begun.file_id}`;

    expect((await visit.ask('GET', path)).status).toBe(404);
    const early = await visit.ask('POST', `${path}/complete`);
    expect(early.status).toBe(409);
    expect(await early.json()).toMatchObject({
      type: 'urn:replies-engine:error:file-not-uploaded',
    });
  });

  it('lies under its company and conversation, whatever these are called', () => {
    const key = { tenant_id: 'a', conversation_id: '../b/CONVERSATION/c' };

    expect(objectKeyOf(key, 'f')).toBe('TENANT/a/CONVERSATION/..%2Fb%2FCONVERSATION%2Fc/f');
  });
});

describe('a content that is not what was said', () => {
  const gif = Buffer.from('GIF89a'.padEnd(73, '\u0001'));
  it.each([
    ['a page as a picture', 'image/png', Buffer.from('<html><script>alert(1)</script>')],
    ['a picture of another type', 'image/png', gif],
    [
      'a drawing that runs scripts',
      'image/png',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
    ['a program as a document', 'application/pdf', Buffer.from('MZ'.padEnd(100, '\u0001'))],
    ['a picture as a text', 'text/plain', png],
    ['a text with NUL', 'text/plain', Buffer.from('a\u0000b')],
    ['a text in another encoding', 'text/plain', Buffer.from('Gr\xf6\xdfe', 'latin1')],
  ])('is refused and deleted: %s', async (_, mime_type, content) => {
    const visit = await aConversation();

    const { begun, path, completed } = await uploaded(visit, content, { mime_type });

    expect(completed.status).toBe(422);
    expect(await completed.json()).toMatchObject({ type: 'urn:replies-engine:error:file-refused' });
    expect(await bucket.head(objectKeyOf(visit, begun.file_id))).toBeUndefined();
    expect((await visit.ask('POST', `${path}/complete`)).status).toBe(404);
  });

  it.each([
    ['image/gif', gif],
    ['application/pdf', Buffer.from('%PDF-1.7\n'.padEnd(60, ' '))],
    ['text/plain', Buffer.from('Größe 42 👟')],
  ])('is none of %s', async (mime_type, content) => {
    const { completed } = await uploaded(await aConversation(), content, { mime_type });

    expect(completed.status).toBe(200);
  });
});

describe('what is no file', () => {
  it.each([
    [{ mime_type: 'image/svg+xml' }, '/mime_type'],
    [{ mime_type: 'text/html' }, '/mime_type'],
    [{ size: 10_001 }, '/size'],
    [{ size: 0 }, '/size'],
    [{ size: 1.5 }, '/size'],
    [{ filename: '' }, '/filename'],
    [{ filename: 'x'.repeat(1_001) }, '/filename'],
    [{ url: 'https://evil.example' }, '/url'],
  ])('is refused with what is wrong: %j', async (body, pointer) => {
    const response = await begin(await aConversation(), body);

    expect(response.status).toBe(422);
    const { errors } = (await response.json()) as { errors: { pointer: string }[] };
    expect(errors.map((one) => one.pointer)).toEqual([`#${pointer}`]);
  });

  it('is one more than the conversation may have', async () => {
    const visit = await aConversation();
    for (let nth = 0; nth < 3; nth++) expect((await begin(visit)).status).toBe(201);

    const fourth = await begin(visit);

    expect(fourth.status).toBe(409);
    expect(await fourth.json()).toMatchObject({ type: 'urn:replies-engine:error:too-many-files' });
  });
});

describe('nobody reads a file', () => {
  it.each(['GET', 'POST'])('of another visitor or company, by whatever ids: %s', async (method) => {
    const mine = await aConversation();
    const [neighbour, foreign] = [await aConversation(mine.tenant_id), await aConversation()];
    const { begun } = await uploaded(mine);
    const end = method === 'POST' ? '/complete' : '';

    for (const other of [neighbour, foreign]) {
      const byItsPath = await other.ask(method, `${mine.path}/${begun.file_id}${end}`);
      const byOwnPath = await other.ask(method, `${other.path}/${begun.file_id}${end}`);
      const missing = await other.ask(method, `${other.path}/${randomUUID()}${end}`);
      const malformed = await other.ask(method, `${other.path}/MESSAGE%23000000000001${end}`);
      const answers = [byItsPath, byOwnPath, missing, malformed];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
      const bodies = await Promise.all(answers.map((one) => one.text()));
      expect(new Set(bodies).size).toBe(1);
      expect((await begin({ ...other, path: mine.path })).status).toBe(404);
    }
  });
});
