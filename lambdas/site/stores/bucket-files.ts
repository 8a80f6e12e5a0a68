import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { PublishPorts } from '../work/publish.ts';

/** The site's bucket, and what is emptied with it. */
export const bucketFiles = (
  client: S3Client,
  bucket: string,
): Pick<PublishPorts, 'put' | 'empty'> => ({
  async put({ key, contents }, headers) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: contents,
        ContentType: headers['content-type'],
        CacheControl: headers['cache-control'],
      }),
    );
  },
  async empty(emptied) {
    for (let removed = 0; ; ) {
      const { Contents: objects = [] } = await client.send(
        new ListObjectsV2Command({ Bucket: emptied }),
      );
      if (objects.length === 0) return removed;
      const { Errors: errors = [] } = await client.send(
        new DeleteObjectsCommand({
          Bucket: emptied,
          Delete: { Objects: objects.map(({ Key }) => ({ Key })) },
        }),
      );
      if (errors.length > 0) throw new Error(`S3 did not remove ${errors.length} objects.`);
      removed += objects.length;
    }
  },
});
