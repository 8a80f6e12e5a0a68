import { backoffSeconds } from '../../shared/backoff.ts';
import { alertPerson, type EngineError } from '../../shared/errors.ts';
import type { Log } from '../../shared/log.ts';
import type { ReadyMessage } from '../messages.ts';
import type { EmailPorts, RunTerms, WorkResult } from './ports.ts';
import type { Expected, ReadyEmail } from './ready-heap.ts';

/** An email that may be worked on. `receipt` names its queue message; one that became ready here has none. */
export interface Task<Receipt> extends ReadyEmail {
  message: ReadyMessage;
  receipt?: Receipt;
  /** How often the queue has handed it out so far. */
  received?: number;
}

/** The queue of ready emails, as a worker uses it. */
export interface ReadyQueue<Receipt> {
  /** More emails, at most so many; none when the queue has none at once. */
  pull(most: number): Promise<Task<Receipt>[]>;
  put(messages: ReadyMessage[], afterSeconds?: number): Promise<void>;
  finish(receipt: Receipt): Promise<void>;
  returnAfter(receipt: Receipt, seconds: number): Promise<void>;
  deadLetter(message: ReadyMessage, error: EngineError): Promise<void>;
}

/** What is agreed for a company: the ports of its emails and how much it may have done at once. */
export interface Desk {
  /** Undefined of a run that has not begun, or is gone. */
  run: RunTerms | undefined;
  /** The run is over: only an email that failed in it may be taken back to work. */
  isOver?: boolean;
  /** The company is suspended: nothing of it is worked on. */
  isSuspended?: boolean;
  ports: EmailPorts;
  /** Emails of the run that this invocation may work on at the same time; 0 while others have all of them. */
  allowance: number;
  /** What an email is expected to take now. */
  expected(): Expected;
  /** Takes one call of the model from the company's budget; else how long to wait, in milliseconds. */
  grant(): Promise<number>;
}

export interface Office<Receipt> {
  queue: ReadyQueue<Receipt>;
  deskFor(message: ReadyMessage): Promise<Desk>;
  clock: { now(): number; sleep(ms: number): Promise<void> };
  random: () => number;
  log: Log;
  workers: number;
}

/** With it the dead letter can take its email back to work, once. */
export const deadLetterOf = (
  message: ReadyMessage,
  failedAt: number | undefined,
): ReadyMessage => ({
  ...message,
  ...(failedAt !== undefined && { failed_at: failedAt }),
});

/** Of its run. */
export const nameOf = ({ tenant_id, run_id }: ReadyMessage): string => `${tenant_id} ${run_id}`;

export const idsOf = ({ tenant_id, run_id, email_id }: ReadyMessage) => ({
  tenant_id,
  run_id,
  email_id,
});

/** The watch of its run hands it out again once the company is resumed; to a dead letter only its queue would. */
export const untilResumed = (message: ReadyMessage): WorkResult =>
  message.failed_at === undefined
    ? { kind: 'done', ready: [] }
    : {
        kind: 'dead',
        error: alertPerson(
          'company_suspended',
          `Company ${message.tenant_id} is suspended: redrive this once it is resumed.`,
        ),
        ready: [],
      };

/** Seconds: emails that cannot be worked on would else be handed out every second, for hours. */
export const backoffOf = ({ received = 1 }: { received?: number }, random: () => number): number =>
  backoffSeconds(received, random, { baseSeconds: 1, capSeconds: 60 });
