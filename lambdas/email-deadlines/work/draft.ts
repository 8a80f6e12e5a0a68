import { asEngineError } from '../../shared/errors.ts';
import { countVendorFailure, errorForLog } from '../../shared/log.ts';
import { type Draft, idsOf, type StoredEmail } from './email.ts';
import { chooseTier, tiersAfter } from './fallback-chain.ts';
import type { EmailPorts, RunTerms } from './ports.ts';

/** A tier counts as fast enough if this share of its answers is. */
const expectedShare = 0.85;

/** How many parents' replies a model is given. */
const maxParents = 10;

/**
 * The reply to an email, by the best tier that the deadline allows; a draft that exists already is returned as it is.
 * If a tier fails or times out, the next one takes over; the last cannot fail. It must be done within `maxMs`: if only
 * that was too short, it throws `retry`.
 */
export async function draftReply(
  email: StoredEmail,
  run: RunTerms,
  ports: EmailPorts,
  maxMs: number,
): Promise<Draft> {
  const { response, answered_by } = email;
  if (response !== undefined && answered_by) return { response, answered_by };
  const parents =
    run.dependency_kind === 'content'
      ? await ports.store.replies(email, email.dependencies.slice(0, maxParents))
      : [];
  const deadline = email.deadlines[0] ?? email.spare[0] ?? email.deadline_at;
  let times = ports.times.expected(expectedShare);
  const until = ports.clock.now() + maxMs;
  for (;;) {
    const begun = ports.clock.now();
    const choice = chooseTier(deadline - begun, times);
    const { tier } = choice;
    const leftMs = Math.max(0, until - begun);
    try {
      const timeoutMs = Math.min(choice.timeoutMs, leftMs);
      const text = await ports.answerer.answer(tier, { email, parents, timeoutMs });
      ports.times.learn(tier, ports.clock.now() - begun);
      return { response: text, answered_by: tier };
    } catch (error) {
      const fallback = tiersAfter(times, tier);
      // The deadline allows more time than this invocation has: a later one tries again.
      const wasCutShort = ports.clock.now() >= until && leftMs < choice.timeoutMs;
      if (!fallback || wasCutShort) throw error;
      ports.meter.count('AnswersHandedOn');
      countVendorFailure(asEngineError(error), ports.meter);
      ports.log.warn('An answer tier failed; the next one takes over.', {
        ...idsOf(email),
        tier,
        error: errorForLog(error),
      });
      times = fallback;
    }
  }
}
