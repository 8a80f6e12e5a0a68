import { counted } from '../../lambdas/shared/plural.ts';
import { spanOf } from '../duration.ts';
import type { ReadLog } from '../logs/read.ts';
import { type Check, fix, ok, warn } from './check.ts';

/** The functions that call vendors, whose failures come back by the queue and are no errors of theirs. */
const callers = ['reply-processor', 'email-deadline', 'email-start', 'lead-triage'];
const lookBackMs = 900_000;
const max = 1_000;
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
        const lines = (await readLog(name, { pattern, since, max })) ?? [];
        return byCode(lines).map((failure) => reportOf(name, failure, now(), hint));
      }),
    );
    const reports = found.flat();
    return reports.length > 0 ? reports : [ok('no vendor call has failed in 15 minutes.')];
  },
});

interface Failure {
  code: string;
  /** What the last of them said. */
  message: string;
  count: number;
  /** When the last one was, in milliseconds since the epoch; NaN where its line does not say. */
  lastAt: number;
}

function byCode(lines: readonly string[]): Failure[] {
  const failures = new Map<string, Failure>();
  for (const line of lines) {
    const { error, timestamp } = JSON.parse(line) as {
      error: { error_code: string; error_message?: string };
      timestamp?: string;
    };
    const { error_code: code, error_message: message = '' } = error;
    const count = (failures.get(code)?.count ?? 0) + 1;
    failures.set(code, { code, message, count, lastAt: Date.parse(timestamp ?? '') });
  }
  return [...failures.values()];
}

/** The longest pause between two tries of work that keeps failing, and a bit more. */
const overAfterMs = 180_000;

function reportOf(
  name: string,
  { code, message, count, lastAt }: Failure,
  now: number,
  hint: (text: string) => string,
) {
  const agoMs = now - lastAt;
  const last = Number.isNaN(agoMs) ? '' : `, the last one ${spanOf(agoMs)} ago`;
  const text = `${name} met ${code} ${counted(count, 'time')} in 15 minutes${last}: ${message} See docs/reference/errors.md#${code} and ${hint(`logs ${name}`)}`;
  if (agoMs > overAfterMs) return warn(`${text} It seems to be over.`);
  // Who refuses the credentials refuses everything.
  return /\b40[13]\b|credentials refused/.test(message) ? fix(text) : warn(text);
}
