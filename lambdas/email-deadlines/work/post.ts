import { retryLater } from '../../shared/errors.ts';
import type { Invocation } from '../../shared/queue/consumer.ts';
import { type Draft, type Ending, mailboxIdOf, type StoredEmail } from './email.ts';
import type { EmailPorts, RunTerms } from './ports.ts';
import { replyKeyOf } from './reply-key.ts';

/** How much of an invocation's time posting a reply and recording it may take. */
export const postingMs = 12_000;
/** The part of it for recording, and for closing the invocation. */
const recordingMs = 2_000;
const minPostMs = 1_000;

const firstPauseMs = 200;
const jitter = 0.2;

/**
 * Posts a reply. While the mailbox is unavailable it is posted again after 0.2, 0.4, 0.8 … s (± 20 %), as often as
 * the settings, the deadline and the invocation's time allow; then it throws `retry`, and the queue brings the email
 * back. A reply that the mailbox refuses has failed permanently.
 */
export async function postReply(
  email: StoredEmail & Draft,
  run: RunTerms,
  ports: EmailPorts,
  { remainingMs }: Pick<Invocation, 'remainingMs'>,
): Promise<Ending> {
  const { clock } = ports;
  // The parents' replies were acknowledged before this email became ready.
  await clock.sleep(ports.gapMs);
  for (let tries = 0; ; tries++) {
    const reply = {
      email_id: mailboxIdOf(email),
      response: email.response,
      test_mode: run.test_mode,
      idempotencyKey: replyKeyOf(email),
    };
    const maxMs = Math.max(minPostMs, remainingMs() - recordingMs);
    const result = await ports.mailbox.post(reply, maxMs);
    const now = clock.now();
    if (result.kind === 'accepted') {
      return { state: 'sent', sent_at: now, on_time: now <= email.deadline_at };
    }
    if (result.kind === 'refused') {
      return { state: 'failed', reason: result.reason, failed_at: now };
    }
    ports.count(email, { retries: 1 });
    const pauseMs = Math.max(pauseAfter(tries, ports.random), result.retryAfterMs ?? 0);
    const isTooLate = now + pauseMs >= email.deadline_at || pauseMs > remainingMs() - postingMs;
    if (tries >= ports.maxRetries || isTooLate) {
      const { retryAfterMs = 0, reason } = result;
      throw retryLater('mailbox_unavailable', `The mailbox did not accept the reply: ${reason}.`, {
        retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
      });
    }
    await clock.sleep(pauseMs);
  }
}

const pauseAfter = (tries: number, random: () => number): number =>
  firstPauseMs * 2 ** tries * (1 - jitter + 2 * jitter * random());
