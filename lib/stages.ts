import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { WorkerConcurrency } from './concurrency.ts';

/** What is normal, and what is not. */
export interface AlarmThresholds {
  /** Failed invocations or requests in a hundred, and how many there must be within five minutes to say so. */
  failedPercent: number;
  failedAtLeast: number;
  /** Seconds from the webhook to the reply that nine in ten replies keep. */
  replySeconds: number;
  /** Answers on web pages that fail within five minutes. */
  failedTurns: number;
  /** Late emails in a hundred, and how many there must be within fifteen minutes to say so. */
  latePercent: number;
  lateAtLeast: number;
  /** Failed calls of one vendor within five minutes. */
  vendorFailures: number;
  /** Refused signatures, and refused callers, within five minutes. */
  refusedSignatures: number;
  refusedCallers: number;
}

/** Every difference between the stages. */
export interface Stage {
  /** What becomes of tables, secrets and queues when the stack is deleted. */
  removalPolicy: RemovalPolicy;
  pointInTimeRecovery: boolean;
  deletionProtection: boolean;
  logRetention: RetentionDays;
  logLevel: 'DEBUG' | 'INFO' | 'WARN';
  /** Megabytes of memory, and with them the share of a processor: of functions that answer requests, of those that
   * work queues off, and of those that read or write thousands of emails. */
  memoryMb: { request: number; worker: number; bulk: number };
  /** Whether there are alarms: always, or only if somebody receives them (`ALARM_EMAIL`), because idle ones cost too. */
  alarms: 'always' | 'where told';
  /** From where on a person is woken. */
  alarmsFrom: AlarmThresholds;
  /** Requests a second that the HTTP API takes before it answers 429, and its burst. */
  throttle: { rateLimit: number; burstLimit: number };
  /**
   * Invocations of each worker at the same time, where the account allows them: of the reply processor, each with up to
   * ten conversations; of the start of email runs, with one run; of the email deadline function, with up to sixteen
   * emails; of the triage, with up to ten leads; of the delivery of webhooks, with up to ten events; of the turn worker, with up to five
   * conversations.
   */
  concurrency: WorkerConcurrency;
  /** Whether companies may name receivers on this machine: only where the cloud is this machine too. */
  loopbackUrls: 'allowed' | 'refused';
}

const memoryMb = { request: 512, worker: 512, bulk: 1024 };

const alarmsFrom: AlarmThresholds = {
  failedPercent: 5,
  failedAtLeast: 3,
  replySeconds: 60,
  failedTurns: 3,
  latePercent: 10,
  lateAtLeast: 5,
  vendorFailures: 5,
  refusedSignatures: 20,
  refusedCallers: 200,
};

const keptStage: Stage = {
  // But for its tables, which protect themselves, a first deployment that fails leaves nothing behind: docs/runbook.md.
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  pointInTimeRecovery: true,
  deletionProtection: true,
  logRetention: RetentionDays.THREE_MONTHS,
  logLevel: 'INFO',
  memoryMb,
  alarms: 'always',
  alarmsFrom,
  throttle: { rateLimit: 500, burstLimit: 1000 },
  concurrency: { replies: 50, emailRuns: 5, emails: 50, triage: 20, webhooks: 50, turns: 20 },
  loopbackUrls: 'refused',
};

const throwawayStage: Stage = {
  removalPolicy: RemovalPolicy.DESTROY,
  pointInTimeRecovery: false,
  deletionProtection: false,
  logRetention: RetentionDays.TWO_WEEKS,
  logLevel: 'INFO',
  memoryMb,
  alarms: 'where told',
  // Whoever tries things out fails more often.
  alarmsFrom: {
    ...alarmsFrom,
    failedPercent: 20,
    failedAtLeast: 10,
    failedTurns: 10,
    vendorFailures: 20,
  },
  throttle: { rateLimit: 100, burstLimit: 200 },
  concurrency: { replies: 10, emailRuns: 5, emails: 10, triage: 5, webhooks: 10, turns: 5 },
  loopbackUrls: 'refused',
};

export const stages = {
  local: {
    ...throwawayStage,
    // They cost nothing here, and what is deployed is what is read here.
    alarms: 'always',
    throttle: { rateLimit: 10_000, burstLimit: 10_000 },
    // As many as the local cloud has environments for each function: a share of what is not there protects nobody.
    concurrency: { replies: 4, emailRuns: 4, emails: 4, triage: 4, webhooks: 4, turns: 4 },
    loopbackUrls: 'allowed',
  },
  dev: throwawayStage,
  prod: keptStage,
} satisfies Record<string, Stage>;

export type StageName = keyof typeof stages;

export const isStageName = (name: string): name is StageName => Object.hasOwn(stages, name);
