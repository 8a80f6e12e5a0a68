import * as z from 'zod/mini';
import { tenantId } from '../tenancy/tenant.ts';

/** An id as it was stored, maybe by an earlier version. */
const storedId = z.string().check(z.minLength(1), z.maxLength(200));

/** What waits in the queue of runs: one to be started, or one to be watched. */
export const runMessage = z.object({
  kind: z.enum(['start', 'watch']),
  tenant_id: tenantId,
  run_id: z.string(),
  /** How far the run was when it was watched last. */
  progress: z.optional(z.number()),
  /** Until when emails that are sent just in time have been enqueued. */
  ahead_until: z.optional(z.number()),
  /** Until when a stalled run is left alone. Both are in milliseconds since the epoch. */
  rests_until: z.optional(z.number()),
  /** How often in a row it was stalled and enqueued again. */
  stood: z.optional(z.number()),
  /** Whether the company was suspended then. */
  suspended: z.optional(z.boolean()),
});

export type RunMessage = z.output<typeof runMessage>;

/** What waits in the queue of emails: one that is ready to be drafted or sent. */
export const readyMessage = z.object({
  tenant_id: tenantId,
  run_id: z.string().check(z.minLength(1), z.maxLength(64)),
  email_id: storedId,
  /** The deadlines that the run plans to meet, in milliseconds since the epoch, ascending. */
  deadlines: z.array(z.number()).check(z.maxLength(16)),
  /** All of them, including those that it gives up. */
  spare: z.array(z.number()).check(z.maxLength(16)),
  /** Not to be sent before, in milliseconds since the epoch. */
  release_at: z.optional(z.number()),
  /** It waits only to be sent. */
  drafted: z.optional(z.boolean()),
  /** Of a dead letter: when its email failed. A redrive reopens the email only if it failed then. */
  failed_at: z.optional(z.number()),
});

export type ReadyMessage = z.output<typeof readyMessage>;
