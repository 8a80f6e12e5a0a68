import { retryLater } from '../../shared/errors.ts';
import type { Invocation } from './answer-email.ts';
import { type Draft, type Ending, mailboxIdOf, type StoredEmail } from './email.ts';
import type { EmailPorts, RunTerms } from './ports.ts';
import { replyKeyOf } from './reply-key.ts';

/** What posting a reply and recording it may take of an invocation's time. */
export const postingMs = 12_000;
/** Thereof the recording, and the closing of the invocation behind it. */
const recordingMs = 2_000;
const leastPostMs = 1_000;

const firstPauseMs = 200;
/** By so much a pause is longer or shorter, by chance. */
const jitter = 0.2;

/**
 * Posts a reply, again after 0.2, 0.4, 0.8 … s (± 20 %) while the mailbox does not take it, as often as
 * is allowed and the deadline and the invocation leave time: a post that outlives its invocation is not recorded,
 * and made again. A reply that the mailbox refuses has failed for good; where
 * retries are used up it throws `retry`: the queue brings the email back.
 */
export async function postReply(
  email: StoredEmail & Draft,
  run: RunTerms,
  ports: EmailPorts,
  { remainingMs }: Pick<Invocation, 'remainingMs'>,
): Promise<Ending> {
  const { clock } = ports;
  // A parent's reply was acknowledged before this email became ready.
  await clock.sleep(ports.gapMs);
  for (let tries = 0; ; tries++) {
    const reply = {
      email_id: mailboxIdOf(email),
      response: email.response,
      test_mode: run.test_mode,
      idempotencyKey: replyKeyOf(email),
    };
    const mostMs = Math.max(leastPostMs, remainingMs() - recordingMs);
    const result = await ports.mailbox.post(reply, mostMs);
    const now = clock.now();
    if (result.kind === 'accepted') {
      return { state: 'sent', sent_at: now, on_time: now <= email.deadline_at };
    }
    if (result.kind === 'refused') {
      return { state: 'failed', reason: result.reason, failed_at: now };
    }
    ports.count(email, { retries: 1 });
    const pauseMs = Math.max(pauseAfter(tries, ports.random), result.retryAfterMs ?? 0);
    const isOver = now + pauseMs >= email.deadline_at || pauseMs > remainingMs() - postingMs;
    if (tries >= ports.maxRetries || isOver) {
      const { retryAfterMs = 0, reason } = result;
      throw retryLater('mailbox_unavailable', `The mailbox took no reply: ${reason}.`, {
        retryAfterSeconds: Math.ceil(retryAfterMs / 1000),
      });
    }
    await clock.sleep(pauseMs);
  }
}

const pauseAfter = (tries: number, random: () => number): number =>
  firstPauseMs * 2 ** tries * (1 - jitter + 2 * jitter * random());
