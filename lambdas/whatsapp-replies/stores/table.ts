import { expiresAt, type Table } from '../../shared/store/table.ts';

/** The conversations table; each company says how long what is its own is kept. */
export interface ConversationsTable extends Table {
  retentionDays(companyId: string): Promise<number>;
}

/** The TTL attribute of an item of this company that is written now. */
export async function expiryOf(table: ConversationsTable, companyId: string): Promise<number> {
  return expiresAt(table.clock.now(), await table.retentionDays(companyId));
}
