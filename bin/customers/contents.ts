import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import type { ConversationKey } from '../../lambdas/conversations/conversation.ts';
import { objectPlacesOf } from '../../lambdas/conversations/file-content.ts';
import { CommandError, type Target } from '../command.ts';
import { deploymentOf, localDeployment } from '../doctor/deployment.ts';
import { localAccess, runningLocally } from '../target.ts';

/** The contents of files that customers and people have sent. */
export interface Contents {
  /** The keys of all that a conversation has, of uploads that were never completed too. */
  of(conversation: ConversationKey): Promise<string[]>;
  remove(key: string): Promise<void>;
}

/** The contents of the target's files. */
export async function contentsOf(target: Target): Promise<Contents> {
  const isLocal = target.stage === 'local';
  const deployment = isLocal ? localDeployment(target, runningLocally()) : deploymentOf(target);
  const { FILES_BUCKET: bucket, AWS_ENDPOINT_URL_S3: endpoint } =
    await deployment.variables('conversations-api');
  if (bucket === undefined) {
    throw new CommandError(
      `${target.stage} has no bucket of files yet: deploy this version first, then call this again.`,
    );
  }
  const client = isLocal
    ? new S3Client({ ...localAccess(runningLocally()), ...(endpoint && { endpoint }) })
    : new S3Client({});
  return contentsIn(client, bucket);
}

export const contentsIn = (client: Pick<S3Client, 'send'>, bucket: string): Contents => ({
  async of(conversation) {
    const places = await Promise.all(
      objectPlacesOf(conversation).map((prefix) => keysBelow(client, bucket, prefix)),
    );
    return places.flat();
  },

  async remove(key) {
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
  },
});

async function keysBelow(
  client: Pick<S3Client, 'send'>,
  bucket: string,
  prefix: string,
): Promise<string[]> {
  const keys: string[] = [];
  let from: string | undefined;
  do {
    const { Contents: objects = [], NextContinuationToken: next } = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: from }),
    );
    keys.push(...objects.flatMap(({ Key }) => Key ?? []));
    from = next;
  } while (from);
  return keys;
}
