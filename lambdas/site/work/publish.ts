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
    /** `true` where nothing of the site is kept when it is deleted. */
    EmptiedWhenDeleted: string;
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
  bucket: {
    put(file: SiteFile, headers: ReturnType<typeof fileHeaders>): Promise<void>;
    /** Removes all that is there. */
    empty(): Promise<number>;
  };
}

const configFile = 'widget/config.json';

/**
 * Puts every file where it is served from: first those under names of their contents, which the others name. Files of
 * an earlier version stay, for pages that are open. Gives how many files it wrote or removed.
 */
export async function publish(
  { RequestType, ResourceProperties: { ApiUrl, EmptiedWhenDeleted } }: PublishEvent,
  { files, bucket }: PublishPorts,
): Promise<number> {
  if (RequestType === 'Delete') return EmptiedWhenDeleted === 'true' ? bucket.empty() : 0;
  const config = Buffer.from(`${JSON.stringify({ api_url: ApiUrl })}\n`);
  const all = (await files()).map((file) =>
    file.key === configFile ? { ...file, contents: config } : file,
  );
  const isKept = ({ key }: SiteFile) => fileHeaders(key)['cache-control'].includes('immutable');
  const put = (some: SiteFile[]) =>
    Promise.all(some.map((file) => bucket.put(file, fileHeaders(file.key))));
  await put(all.filter(isKept));
  await put(all.filter((file) => !isKept(file)));
  return all.length;
}
