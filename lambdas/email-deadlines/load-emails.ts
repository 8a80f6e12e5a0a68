import { EngineError } from '../shared/errors.ts';
import { countVendorFailure, errorForLog, type Log, type Meter } from '../shared/log.ts';
import { counted } from '../shared/plural.ts';
import { emailList } from './email-schema.ts';
import { limits } from './limits.ts';
import { faultsIn, readEmails, readers } from './read-emails.ts';
import type { ReadList } from './work/answerable.ts';
import { type RunProblem, runKeyOf, type StoredRun } from './work/run.ts';

/** Where the emails of a run come from. */
export interface EmailSources {
  /** Throws if the company has no mailbox that replies could be posted to. */
  checkMailbox(run: StoredRun): Promise<void>;
  /** The emails of the company's mailbox, as it serves them. */
  fetchEmails(run: StoredRun): Promise<unknown>;
  /** The JSON text of the emails that came with the request. */
  given(run: StoredRun): Promise<string>;
  log: Log;
  meter: Meter;
}

/** Loads a run's emails and reads each, or says why the run cannot begin. Throws `retry` for what may succeed later. */
export async function loadEmails(
  run: StoredRun,
  sources: EmailSources,
): Promise<ReadList | RunProblem> {
  let served: unknown;
  try {
    await sources.checkMailbox(run);
    served = run.has_emails ? JSON.parse(await sources.given(run)) : await sources.fetchEmails(run);
  } catch (error) {
    if (!(error instanceof EngineError) || error.next === 'retry') throw error;
    countVendorFailure(error, sources.meter);
    sources.log.error('The mailbox of a run cannot be used.', {
      ...runKeyOf(run),
      error_code: error.code,
      error: errorForLog(error),
    });
    return { status: 502, detail: error.message, errors: [] };
  }
  const list = emailList.safeParse(served);
  if (!list.success) return invalid([`#: It is ${notAList(served)}.`]);
  const isStrict = run.has_emails && run.on_invalid !== 'skip';
  const read = readEmails(list.data, isStrict ? readers.strict : readers.served);
  const faults = isStrict ? faultsIn(read, '#') : [];
  if (faults.length === 0) return read;
  return invalid(faults.map(({ pointer, detail }) => `${pointer}: ${detail}`));
}

const notAList = (served: unknown): string =>
  `${Array.isArray(served) ? 'longer than' : 'not'} a list of at most ${limits.emailsPerRun} emails`;

const maxFaults = 100;

const invalid = (faults: string[]): RunProblem => ({
  status: 422,
  detail: `The emails have ${counted(faults.length, 'fault')}; none was answered.`,
  errors: faults.slice(0, maxFaults),
});
