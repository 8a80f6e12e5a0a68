import { type Clock, isoTime } from '../shared/clock.ts';
import { succeeded } from '../shared/http/envelope.ts';
import { invalid } from '../shared/http/faults.ts';
import type { Problem } from '../shared/http/problem.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import type { ObjectStore } from '../vendors/aws/objects.ts';
import type { Conversation } from './conversation.ts';
import type { FileBounds } from './file-bounds.ts';
import { checkedBytes, objectKeyOf, referenceOf, wrongContent } from './file-content.ts';
import { fileRoutes } from './file-routes.ts';
import type { ConversationLog } from './ports.ts';
import type { FileStore, StoredFile } from './stores/file-store.ts';
import { mayVisit } from './visits.ts';
import { safeFilename } from './work/filename.ts';

export interface FilePorts {
  conversations: Pick<ConversationLog, 'find'>;
  files: FileStore;
  objects: ObjectStore;
  fileBounds(tenantId: string): Promise<FileBounds>;
  newId(): string;
  clock: Pick<Clock, 'now'>;
}

/** How long an upload may begin, and a URL gives a content. */
const [uploadSeconds, downloadSeconds] = [600, 900];

/** Files of conversations. A file belongs to one conversation, and so to one participant; whoever may visit it reads it. */
export function serveFiles(serve: Serve, ports: FilePorts): void {
  const { conversations, files, objects, fileBounds, newId, clock } = ports;

  const visited = async (
    { conversation_id }: { conversation_id: string },
    caller: Caller,
  ): Promise<Conversation | undefined> => {
    const { tenant_id } = caller;
    const conversation = await conversations.find({ tenant_id, conversation_id });
    return conversation && mayVisit(caller, conversation) ? conversation : undefined;
  };

  serve(fileRoutes.begin, async ({ params, body, caller }) => {
    const conversation = await visited(params, caller);
    if (!conversation) return undefined;
    const bounds = await fileBounds(caller.tenant_id);
    const refused = outOfBounds(body, bounds);
    if (refused) return refused;
    if (!(await files.count(conversation, bounds.max_per_conversation))) return tooMany(bounds);
    const file_id = newId();
    const { mime_type, size } = body;
    const filename = safeFilename(body.filename, mime_type);
    const now = clock.now();
    const file: StoredFile = {
      file_id,
      filename,
      mime_type,
      size,
      participant_id: conversation.participant_id,
      uploaded_by: caller.principal,
      created_at: isoTime(now),
      retention_days: await files.retentionDays(conversation),
    };
    await files.begin(conversation, file);
    const expected = { key: objectKeyOf(conversation, file), mimeType: mime_type, bytes: size };
    const upload = await objects.uploadForm(expected, uploadSeconds);
    const expires_at = isoTime(now + uploadSeconds * 1000);
    return { headers: noStore, body: succeeded({ file_id, filename, upload, expires_at }) };
  });

  serve(fileRoutes.complete, async ({ params, caller }) => {
    const conversation = await visited(params, caller);
    if (!conversation) return undefined;
    const file = await files.find(conversation, params.file_id);
    if (!file) return undefined;
    if (file.uploaded_at) return { body: succeeded(viewOf(file, file.uploaded_at)) };
    const key = objectKeyOf(conversation, file);
    const there = await objects.head(key);
    if (!there) return notUploaded;
    const wrong = await faultOf(file, there, () => checkedBytes(objects, key, file));
    if (wrong) {
      await objects.remove(key);
      await files.remove(conversation, file.file_id);
      return contentRefused(wrong);
    }
    const completed = await files.complete(conversation, file);
    if (!completed?.uploaded_at) return undefined;
    return { body: succeeded(viewOf(completed, completed.uploaded_at)) };
  });

  serve(fileRoutes.get, async ({ params, caller }) => {
    const conversation = await visited(params, caller);
    if (!conversation) return undefined;
    const file = await files.find(conversation, params.file_id);
    if (!file?.uploaded_at) return undefined;
    const object = { key: objectKeyOf(conversation, file), filename: file.filename };
    const url = await objects.downloadUrl(object, downloadSeconds);
    const expires_at = isoTime(clock.now() + downloadSeconds * 1000);
    const view = { ...viewOf(file, file.uploaded_at), url, expires_at };
    return { headers: noStore, body: succeeded(view) };
  });
}

const noStore = { 'cache-control': 'no-store' };

const viewOf = (file: StoredFile, uploaded_at: string) => ({ ...referenceOf(file), uploaded_at });

function outOfBounds(
  { mime_type, size }: { mime_type: string; size: number },
  { mime_types, max_bytes }: FileBounds,
): Problem | undefined {
  const faults = [
    ...(mime_types.some((one) => one === mime_type)
      ? []
      : [
          {
            pointer: '#/mime_type',
            detail: `Expected one of ${mime_types.join(', ') || 'none: this company takes no files'}.`,
          },
        ]),
    ...(size > max_bytes
      ? [{ pointer: '#/size', detail: `It must be at most ${max_bytes}.` }]
      : []),
  ];
  return faults.length > 0 ? invalid(faults) : undefined;
}

/** Why what was uploaded is not the file that was begun; undefined where it is. */
async function faultOf(
  { mime_type, size }: StoredFile,
  there: { bytes: number; mimeType: string },
  read: () => Promise<Uint8Array | undefined>,
): Promise<string | undefined> {
  if (there.bytes !== size) return `It has ${there.bytes} bytes, not ${size}`;
  if (there.mimeType !== mime_type) return `It was uploaded as ${there.mimeType || 'no type'}`;
  const bytes = await read();
  return bytes ? wrongContent(bytes, mime_type) : 'It is gone';
}

const notUploaded: Problem = {
  type: 'file-not-uploaded',
  title: 'The file is not uploaded',
  status: 409,
  detail: 'Nothing has come under its upload yet: post the form to its URL first.',
};

const contentRefused = (why: string): Problem => ({
  type: 'file-refused',
  title: 'The content is not what was said',
  status: 422,
  detail: `${why}. The file is deleted: begin another one.`,
});

const tooMany = ({ max_per_conversation }: FileBounds): Problem => ({
  type: 'too-many-files',
  title: 'The conversation has too many files',
  status: 409,
  detail: `It may have ${max_per_conversation}, those included whose upload was never completed.`,
});
