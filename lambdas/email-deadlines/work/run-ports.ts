import type { Log, Meter } from '../../shared/log.ts';
import type { RunMessage } from '../messages.ts';
import type { Counts } from '../routes.ts';
import type { ReadList } from './answerable.ts';
import type { RunKey, StoredEmail, UnreadableEmail } from './email.ts';
import type { Expectation } from './plan-run.ts';
import type { EnqueuePorts } from './ready.ts';
import type { EmailCounts, RunProblem, StoredRun } from './run.ts';

/** The stored runs. Each change is one conditional write, which returns whether its condition held. */
export interface RunRecords {
  find(key: RunKey): Promise<StoredRun | undefined>;
  /** Leases a run that has not begun, so that only this owner writes its emails until then. */
  claimStart(key: RunKey, owner: string, until: number): Promise<boolean>;
  releaseStart(key: RunKey, owner: string): Promise<boolean>;
  writeEmails(
    emails: StoredEmail[],
    dependents: ReadonlyMap<string, string[]>,
    writing: { until: number; retainedFrom: number },
    failed: readonly UnreadableEmail[],
  ): Promise<void>;
  begin(
    key: RunKey,
    owner: string,
    begun: Partial<StoredRun>,
    retainedFrom: number,
  ): Promise<boolean>;
  allEmails(key: RunKey): Promise<StoredEmail[]>;
  /** Corrects the counts unless they have changed since they were `seen`. */
  recount(key: RunKey, counts: EmailCounts, seen: Counts): Promise<boolean>;
  complete(key: RunKey, counts: Counts): Promise<boolean>;
  fail(key: RunKey, problem: RunProblem): Promise<boolean>;
}

/** What starting and watching a run needs. */
export interface StartPorts extends EnqueuePorts {
  runs: RunRecords;
  /** The emails of the request or of the company's mailbox, or why the run cannot begin with them. */
  loadEmails(run: StoredRun): Promise<ReadList | RunProblem>;
  expectation(run: StoredRun): Promise<Expectation>;
  isSuspended(run: StoredRun): Promise<boolean>;
  /** Enqueues the next look at the run. */
  watchLater(message: RunMessage): Promise<void>;
  log: Log;
  meter: Meter;
}
