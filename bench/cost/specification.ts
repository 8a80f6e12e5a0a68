import type { Cost } from './prices.ts';

const monthHours = 730;

/** How late the specification's polling, 1 to 15 s and doubling, notices the end of a run on average. */
const noticedLateSeconds = 2.32;

/** One reply is one invocation of 1 GB on x86 that sleeps until the model is done; Lambda's time alone. */
export const specifiedReplies = (modelSeconds: number, cost: Cost): number =>
  1_000 * cost('lambda_x86_gb_second', modelSeconds + noticedLateSeconds);

/** The smallest task of Fargate, on ARM, with the address by which it reaches the model: 0.25 vCPU, 0.5 GB. */
const container = (cost: Cost): number =>
  cost('fargate_arm64_vcpu_hour', 0.25 * monthHours) +
  cost('fargate_arm64_gb_hour', 0.5 * monthHours) +
  cost('public_ipv4_hour', monthHours);

const redis = (cost: Cost): number => cost('redis_t4g_micro_hour', monthHours);

const postgresGb = 20;
const postgres = (cost: Cost): number =>
  cost('postgres_t4g_micro_hour', monthHours) + cost('postgres_gb_month', postgresGb);

/** A month of the emails' specification: a process that is always there, and the Redis of its queue. */
export const specifiedEmailsMonth = (cost: Cost): number => container(cost) + redis(cost);

/** A month of the leads' specification: an API and a worker that are always there, Redis and PostgreSQL. */
export const specifiedLeadsMonth = (cost: Cost): number =>
  2 * container(cost) + redis(cost) + postgres(cost);
