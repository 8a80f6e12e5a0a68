import { afterAll, beforeAll } from 'vitest';
import type { EmailIn } from '../../lambdas/email-deadlines/work/email.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { anEmailWorld, aRun, type EmailWorldOptions } from './email-world.ts';

/** One table for the tests of a file, with a run of its own for each of them; the name tells the files apart. */
export function emailWorlds(name: string) {
  let table: TestTable;
  let runs = 0;
  beforeAll(async () => {
    table = await startTestTable();
  });
  afterAll(() => table.close());
  return {
    clock: { now: () => table.clock.now(), pass: (ms: number) => table.clock.pass(ms) },
    aWorld(
      emails: EmailIn[],
      options: EmailWorldOptions = {},
      run: Parameters<typeof aRun>[0] = {},
    ) {
      runs += 1;
      return anEmailWorld(table, emails, aRun({ run_id: `${name}-${runs}`, ...run }), options);
    },
  };
}
