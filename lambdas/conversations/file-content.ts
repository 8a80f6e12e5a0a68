import { fileTypeFromBuffer } from 'file-type';
import type { ObjectStore } from '../vendors/aws/objects.ts';
import type { ConversationKey, FileReference } from './conversation.ts';
import { limits, retentionPrefix } from './limits.ts';
import { fileStore, type StoredFile } from './stores/file-store.ts';
import type { ConversationsTable } from './stores/keys.ts';

/** Where a conversation's contents are that are kept for so many days. */
const placeOf = ({ tenant_id, conversation_id }: ConversationKey, days: number) =>
  `${retentionPrefix(days)}TENANT/${encodeURIComponent(tenant_id)}/CONVERSATION/${encodeURIComponent(conversation_id)}/`;

/** Where a file's content is. */
export const objectKeyOf = (
  key: ConversationKey,
  { file_id, retention_days }: Pick<StoredFile, 'file_id' | 'retention_days'>,
) => placeOf(key, retention_days) + file_id;

/** All places where contents of a conversation may be. */
export const objectPlacesOf = (key: ConversationKey): string[] =>
  limits.fileDays.map((days) => placeOf(key, days));

/** What the signs of a type are looked for in, in bytes. */
const headBytes = 4_100;

/** Why a content is not of the type that its file has, as a sentence without its full stop; undefined where it is. */
export async function wrongContent(
  bytes: Uint8Array,
  mimeType: string,
): Promise<string | undefined> {
  if (mimeType === 'text/plain') return isText(bytes) ? undefined : 'It is no text in UTF-8';
  const found = await fileTypeFromBuffer(bytes.subarray(0, headBytes)).catch(() => undefined);
  if (found?.mime === mimeType) return undefined;
  return found ? `Its content is of the type ${found.mime}` : 'Its content is of no known type';
}

/** Whether it is whole UTF-8 without NUL, which no text has and much else begins with. */
function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** As much of a file as its type is known by: of a text, all of it. */
export const checkedBytes = (
  objects: Pick<ObjectStore, 'read' | 'firstBytes'>,
  key: string,
  { mime_type, size }: Pick<FileReference, 'mime_type' | 'size'>,
): Promise<Uint8Array | undefined> =>
  mime_type === 'text/plain' ? objects.read(key, size) : objects.firstBytes(key, headBytes);

export interface FileContent {
  contentType: string;
  bytes: Uint8Array;
}

/**
 * The contents of files, for whoever reads them, such as a model. An upload's form works for some minutes, also after
 * the file was completed: what is read is checked again.
 */
export function fileBytesOf(table: ConversationsTable, objects: Pick<ObjectStore, 'read'>) {
  const files = fileStore(table);
  return async (key: ConversationKey, fileId: string): Promise<FileContent | undefined> => {
    const file = await files.find(key, fileId);
    if (!file?.uploaded_at) return undefined;
    const bytes = await objects.read(objectKeyOf(key, file), file.size);
    if (!bytes || (await wrongContent(bytes, file.mime_type)) !== undefined) return undefined;
    return { contentType: file.mime_type, bytes };
  };
}

/** The files that a message names; undefined where one of them is not there, or is not complete. */
export function fileReferencesOf(table: ConversationsTable) {
  const files = fileStore(table);
  return async (
    key: ConversationKey,
    fileIds: readonly string[],
  ): Promise<FileReference[] | undefined> => {
    const found = await Promise.all(fileIds.map((id) => files.find(key, id)));
    const references = found.flatMap((file) => (file?.uploaded_at ? [referenceOf(file)] : []));
    return references.length === fileIds.length ? references : undefined;
  };
}

export const referenceOf = ({
  file_id,
  filename,
  mime_type,
  size,
}: FileReference): FileReference => ({
  file_id,
  filename,
  mime_type,
  size,
});
