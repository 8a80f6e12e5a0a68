import { afterAll, beforeAll } from 'vitest';
import type { TestTable } from '../support/table.ts';
import { startLeadsTable } from './leads-world.ts';

/** A table for the tests of a file, with companies that have sent nothing yet, and a lead to send. */
export function leadsByKey() {
  let table: TestTable | undefined;
  let keys = 0;

  beforeAll(async () => {
    table = await startLeadsTable();
  });

  afterAll(() => table?.close());

  return {
    get table(): TestTable {
      if (!table) throw new Error('The table is there in tests alone.');
      return table;
    },
    /** A company of the test's own, with a key. */
    someone() {
      keys += 1;
      return { tenant: `company-${keys}`, key: `key-${keys}` };
    },
    body: { note: 'What does it cost?', name: 'Ann' },
  };
}
