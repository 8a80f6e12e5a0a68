import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { startObjects } from '../../../local/cloud/objects.ts';
import { aFolder } from './fixtures.ts';

const place = { Bucket: 'files', Key: 'acme/c1/f1' };

describe('the local store of objects', () => {
  it('keeps its files over a restart, where it has a folder', async () => {
    const folder = aFolder();
    const before = await startObjects(folder);
    await before.create('files', []);
    await before.client.send(
      new PutObjectCommand({ ...place, Body: 'hello', ContentType: 'text/plain' }),
    );
    await before.close();

    const after = await startObjects(folder);
    await after.create('files', []);
    const found = await after.client.send(new GetObjectCommand(place));

    expect(await found.Body?.transformToString()).toBe('hello');
    expect(found.ContentType).toBe('text/plain');
    await after.close();
  });

  it('forgets them where it has none', async () => {
    const before = await startObjects(undefined);
    await before.create('files', []);
    await before.client.send(new PutObjectCommand({ ...place, Body: 'hello' }));
    await before.close();

    const after = await startObjects(undefined);
    await after.create('files', []);

    await expect(after.client.send(new HeadObjectCommand(place))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await after.close();
  });
});
