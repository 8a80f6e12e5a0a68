import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { callFailed, discardWork } from '../../shared/errors.ts';

/** What a browser may upload: under this key exactly these bytes of this type, or nothing. */
export interface ExpectedObject {
  key: string;
  mimeType: string;
  bytes: number;
}

/** A form that a browser posts, with the file as its last field, called `file`. */
export interface UploadForm {
  url: string;
  fields: Record<string, string>;
}

export interface StoredObject {
  bytes: number;
  mimeType: string;
}

/** The objects of one private bucket. */
export interface ObjectStore {
  uploadForm(expected: ExpectedObject, seconds: number): Promise<UploadForm>;
  /** A URL that saves the object under this name, whatever it holds: no browser shows it as a page. */
  downloadUrl(object: { key: string; filename: string }, seconds: number): Promise<string>;
  head(key: string): Promise<StoredObject | undefined>;
  /** At most so many bytes from its beginning; undefined where there is no such object. */
  firstBytes(key: string, most: number): Promise<Uint8Array | undefined>;
  /** The whole object; of one that is larger than `most` nothing is read, and it is an error. */
  read(key: string, most: number): Promise<Uint8Array | undefined>;
  /** Also of one that is not there. */
  remove(key: string): Promise<void>;
}

export function objectStore({ client, bucket }: { client: S3Client; bucket: string }): ObjectStore {
  const place = (key: string) => ({ Bucket: bucket, Key: key });
  const bytesOf = async (key: string, range?: string) => {
    const { Body: body } = await client.send(
      new GetObjectCommand({ ...place(key), ...(range && { Range: range }) }),
    );
    return body?.transformToByteArray();
  };
  const head = (key: string) =>
    found(async () => {
      const { ContentLength: bytes = 0, ContentType: mimeType = '' } = await client.send(
        new HeadObjectCommand(place(key)),
      );
      return { bytes, mimeType };
    });
  return {
    uploadForm: ({ key, mimeType, bytes }, seconds) =>
      createPresignedPost(client, {
        ...place(key),
        Expires: seconds,
        Fields: { 'Content-Type': mimeType },
        Conditions: [['content-length-range', bytes, bytes]],
      }),
    downloadUrl: ({ key, filename }, seconds) =>
      getSignedUrl(
        client,
        new GetObjectCommand({
          ...place(key),
          ResponseContentDisposition: attachment(filename),
          ResponseCacheControl: 'private, no-store',
        }),
        { expiresIn: seconds },
      ),
    head,
    async firstBytes(key, most) {
      const there = await head(key);
      if (!there) return undefined;
      // No range of an empty object can be read.
      if (there.bytes === 0 || most === 0) return new Uint8Array();
      return found(() => bytesOf(key, `bytes=0-${most - 1}`));
    },
    async read(key, most) {
      const there = await head(key);
      if (!there) return undefined;
      if (there.bytes > most) {
        throw discardWork('object_too_large', `An object has ${there.bytes} bytes, not ${most}.`);
      }
      return found(() => bytesOf(key));
    },
    async remove(key) {
      await found(() => client.send(new DeleteObjectCommand(place(key))));
    },
  };
}

/** What S3 answers; undefined where it has no such object. */
async function found<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const { name } = Object(error) as { name?: string };
    if (name === 'NoSuchKey' || name === 'NotFound') return undefined;
    throw callFailed('objects', 'S3 failed.', error);
  }
}

/** RFC 6266: the name in ASCII for what knows no other, and as it is. */
function attachment(filename: string): string {
  const plain = filename.replace(/[^\w. -]/g, '_');
  const whole = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
