import {
  type CORSRule,
  CreateBucketCommand,
  PutBucketCorsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { localCredentials } from './credentials.ts';
import { type Store, startStore } from './store.ts';
import { localRegion } from './template.ts';

/** S3 on one machine: an emulator in a thread of its own, on 127.0.0.1, stored in SQLite where a folder is given. */
export interface Objects {
  endpoint: string;
  client: S3Client;
  /** Makes a bucket unless it exists from an earlier run; pages may call it by these rules alone. */
  create(name: string, corsRules: CORSRule[]): Promise<void>;
  close(): Promise<void>;
}

export const startObjects = async (folder: string | undefined): Promise<Objects> =>
  objectsOf(await startStore('objects', folder));

/** The objects that an emulator serves; closing them closes it. */
export function objectsOf(store: Store): Objects {
  const { endpoint } = store;
  const client = new S3Client({ endpoint, region: localRegion, credentials: localCredentials });
  return {
    endpoint,
    client,
    async create(name, corsRules) {
      await client.send(new CreateBucketCommand({ Bucket: name }));
      await client.send(
        new PutBucketCorsCommand({
          Bucket: name,
          CORSConfiguration: { CORSRules: corsRules },
        }),
      );
    },
    async close() {
      client.destroy();
      await store.close();
    },
  };
}
