import { counted } from '../../lambdas/runtime/plural.ts';
import type { ReadLog } from '../logs/read.ts';
import { type Check, fix, ok, warn } from './check.ts';

/** The functions that call vendors, whose failures come back by the queue and are no errors of theirs. */
const callers = ['reply-processor', 'email-deadline', 'email-start', 'lead-triage'];
const lookBackMs = 900_000;
const most = 1_000;
const vendors = ['openai', 'twilio', 'mailbox', 'run', 'model'];
const pattern = `{ ${vendors.map((one) => `$.error.error_code = "${one}_*"`).join(' || ')} }`;

/** Whether calls of vendors have failed lately, whatever else says that these can be had. */
export const failuresCheck = (
  readLog: ReadLog,
  hint: (text: string) => string,
  now: () => number,
): Check => ({
  name: 'failures',
  async look() {
    const since = now() - lookBackMs;
    const found = await Promise.all(
      callers.map(async (name) => {
        const lines = (await readLog(name, { pattern, since, most })) ?? [];
        return byCode(lines).map((failure) => reportOf(name, failure, hint));
      }),
    );
    const reports = found.flat();
    return reports.length > 0 ? reports : [ok('no call of a vendor has failed in 15 minutes.')];
  },
});

interface Failure {
  code: string;
  /** What the last of them said. */
  message: string;
  count: number;
}

function byCode(lines: readonly string[]): Failure[] {
  const failures = new Map<string, Failure>();
  for (const line of lines) {
    const { error } = JSON.parse(line) as {
      error: { error_code: string; error_message?: string };
    };
    const { error_code: code, error_message: message = '' } = error;
    failures.set(code, { code, message, count: (failures.get(code)?.count ?? 0) + 1 });
  }
  return [...failures.values()];
}

function reportOf(name: string, { code, message, count }: Failure, hint: (text: string) => string) {
  const text = `${name} met ${code} ${counted(count, 'time')} in 15 minutes: ${message} See docs/errors.md#${code} and ${hint(`npm run logs -- ${name}`)}`;
  // Who refuses the credentials refuses everything.
  return /\b40[13]\b|credentials refused/.test(message) ? fix(text) : warn(text);
}
