import { ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ExpectedObject,
  type ObjectStore,
  objectStore,
  type UploadForm,
} from '../../../lambdas/vendors/aws/objects.ts';
import { localCredentials } from '../../../local/cloud/credentials.ts';
import type { Objects } from '../../../local/cloud/objects.ts';
import { objectsHere } from '../../support/stores.ts';

let objects: Objects;
let store: ObjectStore;

beforeAll(async () => {
  objects = await objectsHere();
  const rule = { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'POST'], AllowedHeaders: ['*'] };
  await objects.create('files', [rule]);
  store = objectStore({ client: objects.client, bucket: 'files' });
});

afterAll(() => objects.close());

const aFile = (parts: Partial<ExpectedObject> = {}): ExpectedObject => ({
  key: 'acme/c1/f1',
  mimeType: 'image/png',
  bytes: 5,
  ...parts,
});

function upload(
  { url, fields }: UploadForm,
  file: string | Uint8Array<ArrayBuffer> = 'hello',
  init: RequestInit = {},
) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([file]), 'a picture.png');
  return fetch(url, { method: 'POST', body: form, ...init });
}

const put = (key: string, body: string | Uint8Array) =>
  objects.client.send(new PutObjectCommand({ Bucket: 'files', Key: key, Body: body }));

describe('an upload by a form', () => {
  it('stores a file as it was announced', async () => {
    const answer = await upload(await store.uploadForm(aFile(), 60));

    expect(answer.status).toBe(204);
    expect(await store.head('acme/c1/f1')).toEqual({ bytes: 5, mimeType: 'image/png' });
    expect(Buffer.from((await store.read('acme/c1/f1', 5)) ?? []).toString()).toBe('hello');
  });

  it('may come from a page of any site', async () => {
    const form = await store.uploadForm(aFile(), 60);
    const headers = { origin: 'https://shop.example' };

    const answer = await upload(form, 'hello', { headers });

    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it.each([
    ['is larger', 'hello!', 'EntityTooLarge', 400],
    ['is smaller', 'hell', 'EntityTooSmall', 400],
  ])('is refused where the file %s than announced', async (_, file, code, status) => {
    const form = await store.uploadForm(aFile({ key: `acme/${code}` }), 60);

    const answer = await upload(form, file);

    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
    expect(await store.head(`acme/${code}`)).toBeUndefined();
  });

  it.each<[string, (form: UploadForm) => Record<string, string>]>([
    ['another type', () => ({ 'Content-Type': 'text/html' })],
    ['another key', () => ({ key: 'acme/c2/f9' })],
    ['a field more', () => ({ 'Content-Disposition': 'inline' })],
    [
      'a policy of its own',
      () => ({ Policy: Buffer.from('{"conditions":[]}').toString('base64') }),
    ],
    ['a signature of its own', () => ({ 'X-Amz-Signature': '0'.repeat(64) })],
    ['no signature', () => ({ 'X-Amz-Signature': '' })],
    [
      'a key of another start',
      ({ fields }) => ({
        'X-Amz-Credential': String(fields['X-Amz-Credential']).replace(/^[^/]+/, 'SOMEBODY'),
      }),
    ],
  ])('is refused with %s', async (_, change) => {
    const form = await store.uploadForm(aFile({ key: 'acme/c2/f1' }), 60);

    const answer = await upload({ ...form, fields: { ...form.fields, ...change(form) } });

    expect(answer.status).toBe(403);
    expect(await store.head('acme/c2/f1')).toBeUndefined();
    expect(await store.head('acme/c2/f9')).toBeUndefined();
  });

  it('is refused by another bucket', async () => {
    await objects.create('other', []);
    const { url, fields } = await store.uploadForm(aFile({ key: 'acme/c2/f1' }), 60);

    const answer = await upload({ url: url.replace('/files', '/other'), fields });

    expect(answer.status).toBe(403);
  });

  it('is refused after its time', async () => {
    const answer = await upload(await store.uploadForm(aFile({ key: 'acme/late' }), -1));

    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('Policy expired');
  });
});

describe('a download by a URL', () => {
  it('saves the object under its name, as no page', async () => {
    await put('acme/page', '<script>alert(1)</script>');
    const filename = 'Rechnung "März" \u202e.html';
    const url = await store.downloadUrl({ key: 'acme/page', filename }, 60);

    const answer = await fetch(url);

    expect(answer.status).toBe(200);
    const disposition = answer.headers.get('content-disposition');
    expect(disposition).toMatch(
      /^attachment; filename="Rechnung _M_rz_ _.html"; filename\*=UTF-8''/,
    );
    expect(disposition).toContain(encodeURIComponent('März'));
    expect(await answer.text()).toContain('<script>');
  });

  it.each([
    ['with another key', (url: string) => url.replace('acme/page', 'acme/other')],
    ['with a later end', (url: string) => url.replace('X-Amz-Expires=60', 'X-Amz-Expires=600')],
    ['shown as a page', (url: string) => url.replace('attachment', 'inline')],
    ['without a signature', (url: string) => url.replace(/&X-Amz-Signature=\w+/, '')],
  ])('is refused %s', async (_, change) => {
    await put('acme/page', 'page');
    await put('acme/other', 'other');
    const url = await store.downloadUrl({ key: 'acme/page', filename: 'page.html' }, 60);
    expect(change(url)).not.toBe(url);

    expect((await fetch(change(url))).status).toBeGreaterThanOrEqual(400);
  });

  it('is refused after its time, and for anything but reading', async () => {
    await put('acme/page', 'page');
    const object = { key: 'acme/page', filename: 'page.html' };

    expect((await fetch(await store.downloadUrl(object, 0))).status).toBe(403);
    const url = await store.downloadUrl(object, 60);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url, { method: 'PUT', body: 'other' })).status).toBe(403);
  });
});

describe('the local store of objects', () => {
  it('takes no call that is signed by another key, or by nobody', async () => {
    const { endpoint } = objects;
    const { accessKeyId } = localCredentials;
    const credentials = { accessKeyId, secretAccessKey: 'any' };
    const other = new S3Client({ endpoint, region: 'us-east-1', credentials });

    await expect(other.send(new ListBucketsCommand({}))).rejects.toThrow();
    expect((await fetch(`${endpoint}/files`)).status).toBe(400);
    expect((await fetch(`${endpoint}/_fauxqs/queues`)).status).toBe(400);
  });

  it('asks pages of other sites by the rules of the bucket', async () => {
    const asked = (method: string) =>
      fetch(`${objects.endpoint}/files`, {
        method: 'OPTIONS',
        headers: { origin: 'https://shop.example', 'access-control-request-method': method },
      });

    expect((await asked('POST')).status).toBe(200);
    expect((await asked('POST')).headers.get('access-control-allow-origin')).toBe('*');
    expect((await asked('DELETE')).status).toBe(403);
  });
});

describe('the objects of a bucket', () => {
  it('are undefined where there are none', async () => {
    expect(await store.head('nobody')).toBeUndefined();
    expect(await store.firstBytes('nobody', 4)).toBeUndefined();
    expect(await store.read('nobody', 4)).toBeUndefined();
  });

  it('are read from their beginning, however short they are', async () => {
    await put('acme/long', '0123456789');
    await put('acme/empty', '');
    const first = async (key: string, most: number) =>
      Buffer.from((await store.firstBytes(key, most)) ?? []).toString();

    expect(await first('acme/long', 4)).toBe('0123');
    expect(await first('acme/long', 100)).toBe('0123456789');
    expect(await first('acme/empty', 4)).toBe('');
  });

  it('are not read at all where they are larger than wanted', async () => {
    await put('acme/long', '0123456789');

    await expect(store.read('acme/long', 9)).rejects.toMatchObject({ code: 'object_too_large' });
  });

  it('are gone once removed, also twice', async () => {
    await put('acme/gone', 'x');
    await store.remove('acme/gone');
    await store.remove('acme/gone');

    expect(await store.head('acme/gone')).toBeUndefined();
  });
});
