import { isoTime } from '../../shared/clock.ts';
import { exists, expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Key } from '../../shared/store/table.ts';
import {
  type ConversationKey,
  conversationPartition,
  type FileReference,
} from '../conversation.ts';
import { limits } from '../limits.ts';
import type { ConversationsTable } from './keys.ts';

/** A file of a conversation; `uploaded_at` is missing until its content was checked. */
export interface StoredFile extends FileReference {
  participant_id: string;
  uploaded_by: string;
  created_at: string;
  /** One of `limits.fileDays`: the bucket removes the content after so many. */
  retention_days: number;
  uploaded_at?: string;
}

/** How long an upload that is never completed is known. */
const unfinishedDays = 1;

const keys = {
  file: (key: ConversationKey, fileId: string): Key => ({
    pk: conversationPartition(key),
    sk: `FILE#${fileId}`,
  }),
  count: (key: ConversationKey): Key => ({ pk: conversationPartition(key), sk: 'FILES' }),
};

/** The files of conversations, each in its own conversation's partition: an id of another one finds nothing. */
export function fileStore(table: ConversationsTable) {
  const files = new ItemStore<StoredFile>(table, 'a file');
  const counts = new ItemStore<{ begun: number }>(table, 'a count of files');

  return {
    async find(key: ConversationKey, fileId: string): Promise<StoredFile | undefined> {
      return files.get(keys.file(key, fileId));
    },

    /** Takes one of the conversation's files; false where it has as many already. */
    async count(key: ConversationKey, most: number): Promise<boolean> {
      const { written } = await counts.updateIf(keys.count(key), {
        add: { begun: 1 },
        if: expr`attribute_not_exists(begun) OR begun < ${most}`,
        retentionDays: await table.retentionDays(key.tenant_id),
      });
      return written;
    },

    /** For how many days a content that begins now is kept: not fewer than its conversation. */
    async retentionDays({ tenant_id }: ConversationKey): Promise<number> {
      const days = await table.retentionDays(tenant_id);
      return limits.fileDays.find((kept) => kept >= days) ?? Math.max(...limits.fileDays);
    },

    begin: (key: ConversationKey, file: StoredFile): Promise<void> =>
      files.put(keys.file(key, file.file_id), file, { retentionDays: unfinishedDays }),

    /** The file as it is then; undefined where it has expired meanwhile. */
    async complete(
      key: ConversationKey,
      { file_id, retention_days }: StoredFile,
    ): Promise<StoredFile | undefined> {
      const now = isoTime(table.clock.now());
      const days = await table.retentionDays(key.tenant_id);
      const { item } = await files.updateIf(keys.file(key, file_id), {
        set: { uploaded_at: expr`if_not_exists(uploaded_at, ${now})` },
        if: exists,
        // It ends with its content, where the company keeps its conversations longer since it began.
        retentionDays: Math.min(days, retention_days),
      });
      return item;
    },

    async remove(key: ConversationKey, fileId: string): Promise<void> {
      await files.delete(keys.file(key, fileId));
    },
  };
}
export type FileStore = ReturnType<typeof fileStore>;
