import { fileHeaders } from './site-headers.ts';

/** What CloudFormation sends for a custom resource, as far as it is read. */
export interface PublishEvent {
  RequestType: 'Create' | 'Update' | 'Delete';
  ResponseURL: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
  ResourceProperties: {
    /** Where the widget finds the API. */
    ApiUrl: string;
    /** The buckets of which nothing is kept when the site is deleted; left out where it is none. */
    EmptiedWhenDeleted?: string[];
  };
}

export interface SiteFile {
  /** Its path below the site. */
  key: string;
  contents: Uint8Array;
}

export interface PublishPorts {
  /** What is to be served. */
  files(): Promise<SiteFile[]>;
  put(file: SiteFile, headers: ReturnType<typeof fileHeaders>): Promise<void>;
  /** Removes all that is in a bucket. */
  empty(bucket: string): Promise<number>;
}

const configFile = 'widget/config.json';

/**
 * Puts every file where it is served from: first those under names of their contents, which the others name. Files of
 * an earlier version stay, for pages that are open. Gives how many files it wrote or removed.
 */
export async function publish(
  { RequestType, ResourceProperties: { ApiUrl, EmptiedWhenDeleted = [] } }: PublishEvent,
  { files, put, empty }: PublishPorts,
): Promise<number> {
  if (RequestType === 'Delete') {
    const removed = await Promise.all(EmptiedWhenDeleted.map(empty));
    return removed.reduce((sum, count) => sum + count, 0);
  }
  const config = Buffer.from(`${JSON.stringify({ api_url: ApiUrl })}\n`);
  const all = (await files()).map((file) =>
    file.key === configFile ? { ...file, contents: config } : file,
  );
  const isKept = ({ key }: SiteFile) => fileHeaders(key)['cache-control'].includes('immutable');
  const putAll = (some: SiteFile[]) =>
    Promise.all(some.map((file) => put(file, fileHeaders(file.key))));
  await putAll(all.filter(isKept));
  await putAll(all.filter((file) => !isKept(file)));
  return all.length;
}
