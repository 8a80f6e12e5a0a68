import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Every difference between the stages. */
export interface Stage {
  /** What becomes of tables, secrets and queues when the stack is deleted. */
  removalPolicy: RemovalPolicy;
  pointInTimeRecovery: boolean;
  deletionProtection: boolean;
  logRetention: RetentionDays;
  logLevel: 'DEBUG' | 'INFO' | 'WARN';
  /** Requests a second that the HTTP API takes before it answers 429, and its burst. */
  throttle: { rateLimit: number; burstLimit: number };
  /** Invocations of the reply processor at the same time, each with up to ten conversations. */
  replyConcurrency: number;
  /** Invocations of the email deadline function at the same time, each with up to sixteen emails. */
  emailConcurrency: number;
  /** Invocations of the triage function at the same time, each with up to ten leads. */
  triageConcurrency: number;
  /** Invocations that deliver webhooks at the same time, each with up to ten events. */
  webhookConcurrency: number;
  /** Whether companies may name receivers on this machine: only where the cloud is this machine too. */
  loopbackUrls: 'allowed' | 'refused';
}

const keptStage: Stage = {
  // A first deployment that fails leaves nothing behind that would block the next.
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  pointInTimeRecovery: true,
  deletionProtection: true,
  logRetention: RetentionDays.THREE_MONTHS,
  logLevel: 'INFO',
  throttle: { rateLimit: 500, burstLimit: 1000 },
  replyConcurrency: 50,
  emailConcurrency: 50,
  triageConcurrency: 20,
  webhookConcurrency: 50,
  loopbackUrls: 'refused',
};

const throwawayStage: Stage = {
  removalPolicy: RemovalPolicy.DESTROY,
  pointInTimeRecovery: false,
  deletionProtection: false,
  logRetention: RetentionDays.TWO_WEEKS,
  logLevel: 'INFO',
  throttle: { rateLimit: 100, burstLimit: 200 },
  replyConcurrency: 10,
  emailConcurrency: 10,
  triageConcurrency: 5,
  webhookConcurrency: 10,
  loopbackUrls: 'refused',
};

export const stages = {
  local: {
    ...throwawayStage,
    throttle: { rateLimit: 10_000, burstLimit: 10_000 },
    loopbackUrls: 'allowed',
  },
  dev: throwawayStage,
  prod: keptStage,
} satisfies Record<string, Stage>;

export type StageName = keyof typeof stages;

export const isStageName = (name: string): name is StageName => Object.hasOwn(stages, name);
