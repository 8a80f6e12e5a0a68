import type { EngineError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { ReadyMessage } from '../messages.ts';
import type { QueuedEmail } from './feasible-edf.ts';
import type { EmailPorts, RunTerms } from './ports.ts';
import type { ServiceEstimate } from './service-times.ts';

/** An email that is ready. `receipt` names its queue message; one that became ready in this invocation has none. */
export interface Task<Receipt> extends QueuedEmail {
  message: ReadyMessage;
  receipt?: Receipt;
  /** How often the queue has delivered it so far. */
  received?: number;
}

export const taskOf = <Receipt>(message: ReadyMessage): Task<Receipt> => ({
  email_id: message.email_id,
  deadlines: message.deadlines,
  bestEffortDeadlines: message.spare,
  message,
});

/** The queue of ready emails, as a worker uses it. */
export interface ReadyQueue<Receipt> {
  /** At most so many emails that the queue has at once. */
  pull(max: number): Promise<Task<Receipt>[]>;
  put(messages: ReadyMessage[], afterSeconds?: number): Promise<void>;
  finish(receipt: Receipt): Promise<void>;
  returnAfter(receipt: Receipt, seconds: number): Promise<void>;
  deadLetter(message: ReadyMessage, error: EngineError): Promise<void>;
}

/** What answering the emails of one run needs, and how many of them this invocation may answer at the same time. */
export interface RunContext {
  /** Undefined if the run has not begun or is gone. */
  run: RunTerms | undefined;
  /** The run has ended: only an email that failed in it may be taken back to work. */
  isOver?: boolean;
  /** The company is suspended: nothing of it is worked on. */
  isSuspended?: boolean;
  ports: EmailPorts;
  /** 0 while other invocations use all that the run or its company may have. */
  maxWorkers: number;
  /** What an email is expected to take now. */
  estimate(): ServiceEstimate;
  /** Acquires one call of the model under the company's limit; else how long to wait, in milliseconds. */
  acquireModelCall(): Promise<number>;
}

export interface WorkerDependencies<Receipt> {
  queue: ReadyQueue<Receipt>;
  loadRunContext(message: ReadyMessage): Promise<RunContext>;
  clock: { now(): number; sleep(ms: number): Promise<void> };
  random: () => number;
  log: Log;
  workers: number;
}
