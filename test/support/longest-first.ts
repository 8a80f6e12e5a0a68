import path from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take longest: begun last, one of them would run on alone. */
export const longest = [
  'whatsapp.test.ts',
  'authorization.test.ts',
  'killed.slow.ts',
  'email-run-killed.slow.ts',
  'email-policy.slow.ts',
  'cost.slow.ts',
  'full-queue.slow.ts',
  'runbook-mail.slow.ts',
  'commands.slow.ts',
  'operator.slow.ts',
  'runbook-api.slow.ts',
  'runbook-functions.slow.ts',
];

/** The order of test files: the longest first, also where no earlier run has told how long they take. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.indexOf(path.basename(moduleId));
      return place === -1 ? longest.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
