import { afterAll, beforeAll } from 'vitest';
import type { EmailIn } from '../../lambdas/email-deadlines/routes.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anOffice, aRun, type OfficeOptions } from './office.ts';

/** A table for all tests of a file, and offices on it, each with a run of its own; the name tells the files apart. */
export function openedOffices(name: string) {
  let table: TestTable;
  let runs = 0;
  beforeAll(async () => {
    table = await startTestTable();
  });
  afterAll(() => table.close());
  return {
    clock: { now: () => table.clock.now(), pass: (ms: number) => table.clock.pass(ms) },
    opened(emails: EmailIn[], options: OfficeOptions = {}, run: Parameters<typeof aRun>[0] = {}) {
      runs += 1;
      return anOffice(table, emails, aRun({ run_id: `${name}-${runs}`, ...run }), options);
    },
  };
}
