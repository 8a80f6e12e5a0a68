import { outageAttempts } from '../shared/queue/outcome.ts';
import { emailsPerRun } from './email-schema.ts';

/** Bounds of the design that the stack and the code must agree on. */
export const limits = {
  /** What a Lambda takes as one request is 6 MB. */
  runBodyBytes: 5_000_000,
  emailsPerRun,
  startTimeoutSeconds: 300,
  answerTimeoutSeconds: 45,
  /** Just above the function's timeout: after a crash its emails wait this long. */
  answerVisibilitySeconds: 50,
  startVisibilitySeconds: 320,
  batchSize: 10,
  /** Emails that one invocation of the answering function works on at the same time. */
  workersPerInvocation: 16,
  /** Failures of one email after which it goes to the dead-letter queue. */
  maxAttempts: 5,
  outageAttempts,
  /** SQS's own count also counts waiting. */
  maxReceiveCount: 1_000,
  pageSize: 100,
  idempotencyDays: 1,
} as const;
