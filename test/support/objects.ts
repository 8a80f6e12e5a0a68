import { randomUUID } from 'node:crypto';
import { fileBounds } from '../../lambdas/conversations/file-bounds.ts';
import type { ObjectStore } from '../../lambdas/vendors/aws/objects.ts';

const none = () => Promise.reject(new Error('This test has no bucket.'));

/** What the routes of conversations need of a bucket, where a test has none. */
export const withoutFiles = {
  objects: {
    uploadForm: none,
    downloadUrl: none,
    head: none,
    firstBytes: none,
    read: none,
    remove: none,
  } satisfies ObjectStore,
  fileBounds: async () => fileBounds.parse({}),
  newId: randomUUID,
};
