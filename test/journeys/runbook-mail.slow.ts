import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EmailRunStatus } from '../../lambdas/email-deadlines/routes.ts';
import { callsOf } from '../support/calls.ts';
import { type Drill, startDrill } from '../support/drill.ts';
import { startReceiver } from '../support/receiver.ts';

let drill: Drill;

beforeAll(async () => {
  // Each failure of a post is one of its email, so that emails are given up soon.
  drill = await startDrill({ environment: { MAX_RETRIES: '0' } });
});

afterAll(() => drill.stop());

/** What is counted is written at the end of an invocation. */
const soon = { timeout: 20_000, interval: 100 };

const { call } = callsOf(() => drill.engine);
type Order = Parameters<NonNullable<Drill['engine']['mailbox']>['next']>[0];

/** Starts a run, whose mailbox serves this where it is named; resolves with its id. */
async function trigger(order?: Order, query = ''): Promise<string> {
  if (order) drill.engine.mailbox?.next(order);
  const key = drill.engine.demoKey;
  const response = await call(`/trigger${query}`, { key, method: 'POST' });
  return ((await response.json()) as EmailRunStatus).run_id;
}

async function statusOf(runId: string): Promise<EmailRunStatus> {
  const response = await call(`/status/${runId}`, { key: drill.engine.demoKey });
  return (await response.json()) as EmailRunStatus;
}

const comesTo = (runId: string, state: object, timeout = 30_000) =>
  expect.poll(() => statusOf(runId), { timeout, interval: 200 }).toMatchObject(state);

/** What the entry's own command tells of a run. */
const timelineOf = (heading: string, runId: string): Promise<string> =>
  drill.follows(heading, 'timeline', { RUN_ID: runId, COMPANY: 'demo' });

const dueIn = (seconds: number, count: number, prefix: string): Order => ({
  emails: Array.from({ length: count }, (_, n) => ({
    email_id: `${prefix}${n}`,
    body: 'Where is my order?',
    deadline: seconds,
  })),
});

/** Lets a function have a key that the mailbox refuses; `right` fills the right one in. */
function withOldKey(name: string): { right(): void } {
  const { secrets } = drill.engine.cloud.services;
  const secret = `drill/${name}`;
  const arn = secrets.create(secret);
  secrets.fill(secret, 'an old key');
  onTestFinished(drill.spoil(name, { MAILBOX_API_KEY_SECRET_ID: arn }));
  return { right: () => secrets.fill(secret, 'local-key') };
}

/** The lines that an entry's searches find of a run. */
const foundOf = (heading: string, log: string, runId: string) =>
  drill
    .found(heading, log)
    .filter((line) => line.includes(runId))
    .map(drill.entry);

describe('Email runs fail', () => {
  const heading = 'Email runs fail';

  it('leads from a mailbox that serves no list to that', async () => {
    const receiver = await startReceiver();
    onTestFinished(() => receiver.close());
    const headers = { 'content-type': 'application/json' };
    receiver.answers({ status: 200, headers, body: '{"emails": "none today"}' });
    onTestFinished(drill.spoil('email-start', { EMAILS_URL: receiver.url }));
    const runId = await trigger();
    await comesTo(runId, { state: 'failed' });

    expect(foundOf(heading, 'email-start', runId)).toMatchObject([
      { tenant_id: 'demo', status: 422 },
    ]);
    expect(await timelineOf(heading, runId)).toMatch(/failed: 422 .*list/);
    await expect.poll(() => drill.counted(heading), soon).toEqual([drill.threshold(heading)]);
  });

  it('leads from a refused key to the reason; the right one is used at the next refusal', async () => {
    const key = withOldKey('email-start');
    const refused = await trigger();
    await comesTo(refused, { state: 'failed', problem: { status: 502 } });
    key.right();

    // The key is read again every ten seconds at most.
    const begins = async () => {
      const runId = await trigger();
      await expect.poll(async () => (await statusOf(runId)).state, soon).not.toBe('pending');
      return (await statusOf(runId)).state;
    };
    await expect.poll(begins, { timeout: 20_000, interval: 2_000 }).not.toBe('failed');

    expect(await timelineOf(heading, refused)).toContain('502 The mailbox answered 401');
    expect(foundOf(heading, 'email-start', refused)).toMatchObject([{ status: 502 }]);
    expect(foundOf('Mailbox fails', 'email-start', refused)).toMatchObject([
      { tenant_id: 'demo', error_code: 'mailbox_refused' },
    ]);
  });
});

describe('Mailbox fails', () => {
  const heading = 'Mailbox fails';

  it('names the company whose replies the key keeps back; with the right one they are sent', async () => {
    const [before = 0] = drill.counted(heading);
    const key = withOldKey('email-deadline');
    const runId = await trigger(dueIn(600, 6, 'kept-'));
    const found = () => foundOf(heading, 'email-deadline', runId);
    await expect.poll(() => found().length, soon).toBeGreaterThanOrEqual(6);
    key.right();

    await comesTo(runId, { state: 'completed', counts: { sent: 6, failed: 0 } }, 60_000);
    const redriven = await drill.follows(heading, 'dlq redrive');

    const lines = found();
    expect(lines).toContainEqual(
      expect.objectContaining({ tenant_id: 'demo', error_code: 'mailbox_unavailable' }),
    );
    expect(JSON.stringify(lines)).toContain('it refused the key (401)');
    const counted = () => Number(drill.counted(heading)[0]) - before;
    await expect.poll(counted, soon).toBeGreaterThanOrEqual(drill.threshold(heading));
    expect(redriven).toContain('emails-ready has no dead letters');
  });

  it('is over by itself for a run, seconds after its mailbox is back', async () => {
    const runId = await trigger({ faults: { unavailable: 1, operations: ['emails'] } });
    await comesTo(runId, { state: 'completed', counts: { failed: 0 } });

    expect(foundOf(heading, 'email-start', runId)).toMatchObject([
      { error_code: 'mailbox_unavailable', tries: 1 },
    ]);
  });
});

describe('Deadlines missed', () => {
  const heading = 'Deadlines missed';

  it('names those that could not be met from the start', async () => {
    const [lateBefore = 0, sentBefore = 0] = drill.counted(heading);
    const runId = await trigger(dueIn(0.001, 6, 'tight-'));
    await comesTo(runId, { state: 'completed' });

    // Emails of the runs before may come late too.
    const counted = () => drill.counted(heading);
    await expect
      .poll(counted, soon)
      .toSatisfy(([late, sent]) => late >= lateBefore + 6 && sent >= sentBefore + 6);
    expect(foundOf(heading, 'email-deadline', runId)).toHaveLength(6);
    expect(await timelineOf(heading, runId)).toContain('6 could not be met (cannot_be_met)');
  });

  it('names too few workers, and more of them cure it', async () => {
    const slow = await trigger(dueIn(10, 30, 'few-'), '?concurrency_limit=1');
    await comesTo(slow, { state: 'completed' });
    const quick = await trigger(dueIn(10, 30, 'many-'), '?concurrency_limit=30');
    await comesTo(quick, { state: 'completed', counts: { late: 0 } });

    expect(await timelineOf(heading, slow)).toMatch(/\d at risk with so few workers/);
    expect(await timelineOf(heading, quick)).not.toContain('at risk');
    expect(foundOf(heading, 'email-deadline', quick)).toEqual([]);
  });
});

describe('A run does not end', () => {
  const heading = 'A run does not end';

  it('is put back to work when it is watched, and ends once its function answers', async () => {
    const fix = drill.spoil('email-deadline', { EMAIL_RUNS_TABLE: undefined });
    onTestFinished(fix);
    const runId = await trigger(dueIn(600, 3, 'stuck-'));
    await comesTo(runId, { state: 'running' });
    const lookAfter = () =>
      drill.put('email-runs-local', {
        kind: 'watch',
        tenant_id: 'demo',
        run_id: runId,
        progress: 0,
      });

    await lookAfter();
    const found = () => foundOf(heading, 'email-start', runId);
    await expect.poll(found, { timeout: 15_000 }).toMatchObject([{ emails: 3 }]);
    fix();
    await lookAfter();

    await comesTo(runId, { state: 'completed', counts: { sent: 3 } });
    expect(await timelineOf(heading, runId)).toContain('completed; of 3 emails 3 sent');
  });
});
