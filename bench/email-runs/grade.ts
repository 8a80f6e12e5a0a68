import type { MailboxEmail } from '../../local/simulators/mailbox/email.ts';
import type { RecordedPost, RunRecord } from '../../local/simulators/mailbox/record.ts';
import { dependencyIds, firstSends, gradable } from './gradable.ts';

/** How well a run was answered. Times are in ms with three decimals, lists in the order of the emails. */
export interface Grade {
  total: number;
  answered: number;
  on_time: number;
  late: { email_id: string; by_ms: number }[];
  missing: string[];
  /** One entry for each send beyond the first. */
  duplicates: string[];
  /** Emails that came before one they depend on; `by_ms` is null where that one never came. */
  order_violations: { email_id: string; parent: string; by_ms: number | null }[];
  /**
   * Emails that came after their parent, but less than 100 µs after the mailbox answered it. `gap_us` is
   * negative where they came before that answer, and null where there was none.
   */
  gap_violations: { email_id: string; parent: string; gap_us: number | null }[];
  /** Arrival after the deadline, over all answered emails: negative is early. */
  lateness_ms: { p50: number; p95: number; max: number } | null;
  /** From the fetch to the last first send. */
  makespan_ms: number | null;
}

const minGapMs = 0.1;
/** Times are differences of epoch ms, which a double holds to a quarter of a µs. */
const clockErrorMs = 0.0005;

/** Grades what the mailbox has recorded. An email is on time when its post arrived by its deadline. */
export function gradeRun(record: RunRecord): Grade {
  const emails = gradable(record);
  const sends = firstSends(record);
  const lateness = emails.flatMap(({ email_id, deadline }) => {
    const send = sends.get(email_id);
    return send ? [{ email_id, by: send.receivedAt - record.startedAt - deadline * 1000 }] : [];
  });
  const late = lateness.filter(({ by }) => by > clockErrorMs);
  return {
    total: emails.length,
    answered: lateness.length,
    on_time: lateness.length - late.length,
    late: late.map(({ email_id, by }) => ({ email_id, by_ms: rounded(by) })),
    missing: emails.map(({ email_id }) => email_id).filter((id) => !sends.has(id)),
    duplicates: record.posts
      .filter(({ outcome }) => outcome === 'duplicate')
      .map(({ emailId }) => emailId ?? ''),
    ...dependencyViolations(sentDependencies(emails, sends), sends, record.posts),
    lateness_ms: spread(lateness.map(({ by }) => by)),
    makespan_ms: makespan(record, [...sends.values()]),
  };
}

type Sends = ReadonlyMap<string, RecordedPost>;
type Dependency = { email_id: string; parent: string };

function dependencyViolations(
  dependencies: readonly Dependency[],
  sends: Sends,
  posts: readonly RecordedPost[],
) {
  const order_violations: Grade['order_violations'] = [];
  const gap_violations: Grade['gap_violations'] = [];
  const acknowledged = acknowledgements(posts);
  for (const { email_id, parent } of dependencies) {
    const at = sends.get(email_id)?.receivedAt ?? 0;
    const parentAt = sends.get(parent)?.receivedAt;
    const gap = at - (acknowledged.get(parent) ?? Number.POSITIVE_INFINITY);
    if (parentAt === undefined || at < parentAt) {
      const by_ms = parentAt === undefined ? null : rounded(parentAt - at);
      order_violations.push({ email_id, parent, by_ms });
    } else if (gap < minGapMs - clockErrorMs) {
      gap_violations.push({
        email_id,
        parent,
        gap_us: Number.isFinite(gap) ? Math.round(gap * 1000) : null,
      });
    }
  }
  return { order_violations, gap_violations };
}

/** Each answered email with each email of the run that it depends on. */
function sentDependencies(emails: readonly MailboxEmail[], sends: Sends): Dependency[] {
  const known = new Set(emails.map(({ email_id }) => email_id));
  return emails
    .filter(({ email_id }) => sends.has(email_id))
    .flatMap((email) =>
      dependencyIds(email)
        .filter((parent) => known.has(parent))
        .map((parent) => ({ email_id: email.email_id, parent })),
    );
}

/**
 * When the sender could first know that an email was sent: the first 200 that was not lost, and
 * where all were, the first cut connection.
 */
function acknowledgements(posts: readonly RecordedPost[]): Map<string, number> {
  const times = new Map<string, number>();
  const inEffect = posts.filter(({ status, outcome }) => status === 200 && outcome !== 'faulted');
  for (const lost of [false, true]) {
    const earliest = new Map<string, number>();
    for (const { emailId, answeredAt } of inEffect.filter((post) => post.lost === lost)) {
      if (emailId === null || answeredAt === null || times.has(emailId)) continue;
      earliest.set(emailId, Math.min(answeredAt, earliest.get(emailId) ?? answeredAt));
    }
    for (const [emailId, at] of earliest) times.set(emailId, at);
  }
  return times;
}

function makespan({ startedAt }: RunRecord, sends: readonly RecordedPost[]): number | null {
  if (sends.length === 0) return null;
  const last = sends.reduce((latest, { receivedAt }) => Math.max(latest, receivedAt), 0);
  return rounded(last - startedAt);
}

/** Percentiles by the nearest rank. */
function spread(values: readonly number[]): Grade['lateness_ms'] {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

const rounded = (ms: number) => Math.round(ms * 1000) / 1000;
