import { asEngineError } from '../../shared/errors.ts';
import { errorForLog } from '../../shared/log.ts';
import { countVendorFailure } from '../../shared/vendor-failures.ts';
import type { Draft, StoredEmail } from './email.ts';
import { chooseStep, type Step, type StepTimes, steps } from './ladder.ts';
import type { EmailPorts, RunTerms } from './ports.ts';

/** The share of answers that are expected to be in time: the learned 85th percentile counts. */
const expectedShare = 0.85;

/** How many parents' replies a model is given. */
const mostParents = 10;

/**
 * The draft of an email, by the best step of the ladder that the time allows; one that was made before
 * is taken as it is. A step that fails or takes too long hands on to a surer one; the last cannot fail.
 * Within `mostMs` it must be done; where only that was too short, it throws `retry`.
 */
export async function draftReply(
  email: StoredEmail,
  run: RunTerms,
  ports: EmailPorts,
  mostMs: number,
): Promise<Draft> {
  const { response, answered_by } = email;
  if (response !== undefined && answered_by) return { response, answered_by };
  const parents =
    run.dependency_kind === 'content'
      ? await ports.store.replies(email, email.dependencies.slice(0, mostParents))
      : [];
  let times = ports.times.expected(expectedShare);
  const until = ports.clock.now() + mostMs;
  for (;;) {
    const leftMs = (email.deadlines[0] ?? email.spare[0] ?? email.deadline_at) - ports.clock.now();
    const { step, patienceMs } = chooseStep(leftMs, times);
    const begun = ports.clock.now();
    try {
      const heldMs = Math.max(0, until - begun);
      const patience = Math.min(patienceMs, heldMs);
      const text = await ports.answerer.answer(step, { email, parents, patienceMs: patience });
      ports.times.learn(step, ports.clock.now() - begun);
      return { response: text, answered_by: step };
    } catch (error) {
      const surer = without(times, step);
      // The deadline would have waited: so does the email, for an invocation with more time.
      const hurried = ports.clock.now() >= until && until - begun < patienceMs;
      if (!surer || hurried) throw error;
      ports.meter.count('AnswersHandedOn');
      countVendorFailure(asEngineError(error), ports.meter);
      ports.log.warn('A step of the answering failed; a surer one takes over.', {
        tenant_id: email.tenant_id,
        run_id: email.run_id,
        email_id: email.email_id,
        step,
        error: errorForLog(error),
      });
      times = surer;
    }
  }
}

/** The steps behind this one; undefined when there is none. */
function without(times: StepTimes, failed: Step): StepTimes | undefined {
  const behind = steps.slice(steps.indexOf(failed) + 1).filter((step) => times[step] !== undefined);
  if (behind.length === 0) return undefined;
  return Object.fromEntries(behind.map((step) => [step, times[step]]));
}
