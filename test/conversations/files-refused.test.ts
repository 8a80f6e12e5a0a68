import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { aConversation, begin, files, uploaded } from './files-world.ts';

files();

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
