import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bucketFiles } from '../../lambdas/site/stores/bucket-files.ts';
import { type PublishEvent, publish, type SiteFile } from '../../lambdas/site/work/publish.ts';
import type { Objects } from '../../local/cloud/objects.ts';
import { objectsHere } from '../support/stores.ts';

let objects: Objects;

beforeAll(async () => {
  objects = await objectsHere();
});

afterAll(() => objects.close());

const anEvent = (
  RequestType: PublishEvent['RequestType'],
  EmptiedWhenDeleted?: string[],
): PublishEvent => ({
  RequestType,
  ResponseURL: 'https://cloudformation.example',
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'SiteFiles',
  ResourceProperties: {
    ApiUrl: 'https://api.example',
    ...(EmptiedWhenDeleted && { EmptiedWhenDeleted }),
  },
});

const fileOf = (key: string, text: string): SiteFile => ({ key, contents: Buffer.from(text) });
const site = [
  fileOf('widget/index.html', '<!doctype html>'),
  fileOf('widget/config.json', '{"api_url":null}'),
  fileOf('widget/assets/app-ETX4W6C7.js', 'run();'),
];

/** A bucket of its own; `written` are its keys in the order in which they were. */
async function aBucket(name: string, failOn?: string) {
  await objects.create(name, []);
  const real = bucketFiles(objects.client, name);
  const written: string[] = [];
  const bucket: typeof real = {
    ...real,
    async put(file, headers) {
      if (file.key === failOn) throw new Error('S3 is away.');
      await real.put(file, headers);
      written.push(file.key);
    },
  };
  const run = (event: PublishEvent, files = site) =>
    publish(event, { ...bucket, files: async () => files });
  const keys = async () => {
    const { Contents: found = [] } = await objects.client.send(
      new ListObjectsV2Command({ Bucket: name }),
    );
    return found.map(({ Key }) => Key);
  };
  const get = (key: string) =>
    objects.client.send(new GetObjectCommand({ Bucket: name, Key: key }));
  return { run, keys, get, written };
}

describe('publishing the site', () => {
  it('puts every file there with its type and how long it is kept', async () => {
    const { run, get } = await aBucket('headers');

    expect(await run(anEvent('Create'))).toBe(3);

    expect(await get('widget/index.html')).toMatchObject({
      ContentType: 'text/html; charset=utf-8',
      CacheControl: expect.stringContaining('max-age=60'),
    });
    expect(await get('widget/assets/app-ETX4W6C7.js')).toMatchObject({
      ContentType: 'text/javascript; charset=utf-8',
      CacheControl: 'public, max-age=31536000, immutable',
    });
  });

  it('tells the widget where its API is', async () => {
    const { run, get } = await aBucket('config');
    await run(anEvent('Create'));

    const { Body: body } = await get('widget/config.json');

    expect(JSON.parse(String(await body?.transformToString()))).toEqual({
      api_url: 'https://api.example',
    });
  });

  it('changes what names other files last, so that no page names what is not there', async () => {
    const { run, written } = await aBucket('order');

    await run(anEvent('Create'));

    expect(written[0]).toBe('widget/assets/app-ETX4W6C7.js');
    const failing = await aBucket('failing', 'widget/assets/app-ETX4W6C7.js');
    await expect(failing.run(anEvent('Create'))).rejects.toThrow('S3 is away.');
    expect(await failing.keys()).toEqual([]);
  });

  it('keeps what pages that are open still name', async () => {
    const { run, keys } = await aBucket('kept');
    await run(anEvent('Create'));

    await run(anEvent('Update'), [fileOf('widget/assets/app-OTHER123.js', 'run();')]);

    expect(await keys()).toContain('widget/assets/app-ETX4W6C7.js');
  });

  it('leaves nothing behind where the stage is thrown away, and everything where it is kept', async () => {
    const thrown = await aBucket('thrown');
    const kept = await aBucket('stays');
    const too = await aBucket('thrown-too');
    await thrown.run(anEvent('Create'));
    await too.run(anEvent('Create'), [fileOf('acme/c1/f1', 'a picture')]);
    await kept.run(anEvent('Create'));

    expect(await thrown.run(anEvent('Delete', ['thrown', 'thrown-too']))).toBe(4);
    expect(await kept.run(anEvent('Delete'))).toBe(0);

    expect(await thrown.keys()).toEqual([]);
    expect(await too.keys()).toEqual([]);
    expect(await kept.keys()).toHaveLength(3);
  });
});
