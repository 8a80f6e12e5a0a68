import { describe, expect, it } from 'vitest';
import {
  fileBytesOf,
  fileReferencesOf,
  objectKeyOf,
} from '../../lambdas/conversations/file-content.ts';
import { fileStore } from '../../lambdas/conversations/stores/file-store.ts';
import { days } from '../support/clock.ts';

import {
  aConversation,
  type Begun,
  begin,
  bucket,
  dataOf,
  files,
  png,
  post,
  table,
  uploaded,
} from './files-world.ts';

files();

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

    expect(objectKeyOf(key, { file_id: 'f', retention_days: 90 })).toBe(
      'RETENTION/90/TENANT/a/CONVERSATION/..%2Fb%2FCONVERSATION%2Fc/f',
    );
  });
});

describe('a content', () => {
  const keptBy = (days: number) => fileStore({ ...table, retentionDays: async () => days });

  it.each([
    [1, 7],
    [90, 90],
    [91, 180],
    [3650, 3650],
  ])('of a company that keeps conversations %i days is kept %i days', async (days, kept) => {
    expect(await keptBy(days).retentionDays(await aConversation())).toBe(kept);
  });

  it('lies where the bucket removes it after as many days', async () => {
    const visit = await aConversation();

    const { begun } = await uploaded(visit);

    expect(begun.upload.fields['key']).toMatch(/^RETENTION\/90\//);
  });

  it('does not go before its file, though the company keeps conversations longer since it began', async () => {
    const visit = await aConversation();
    const begun = await dataOf<Begun>(await begin(visit));
    const file = await keptBy(90).find(visit, begun.file_id);
    if (!file) throw new Error('The file is not there.');

    await keptBy(3650).complete(visit, file);
    table.clock.pass(days(90) + 1_000);

    expect(await keptBy(3650).find(visit, begun.file_id)).toBeUndefined();
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
    expect(await bucket.head(objectKeyOf(visit, { ...begun, retention_days: 90 }))).toBeUndefined();
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
