import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/email-deadlines/limits.ts';
import { alertPerson } from '../../../lambdas/shared/errors.ts';
import { anEmail, type EmailWorldOptions } from '../email-world.ts';
import { emailWorlds } from '../email-worlds.ts';

const { aWorld, clock } = emailWorlds('answer');

const parentAndChild = [anEmail('parent'), anEmail('child', { dependencies: ['parent'] })];
const refused = { kind: 'refused', reason: '422: unknown email' } as const;
const away = { kind: 'unavailable', reason: 'it answered 503' } as const;
const passing = async (ms: number) => clock.pass(ms);

describe('a reply', () => {
  it('is posted with the run’s mode and a key of its own', async () => {
    const world = await aWorld([anEmail('e1')], {}, { test_mode: false });

    await world.invoke();

    expect(world.posts).toEqual([
      {
        email_id: 'e1',
        response: 'Re: e1',
        test_mode: false,
        idempotencyKey: `${world.run.run_id}:e1`,
      },
    ]);
    expect(world.counts).toMatchObject({ waiting: -1, drafted: 0, sent: 1, on_time: 1, late: 0 });
  });

  it('that comes after its deadline is sent all the same, and counted as late', async () => {
    const world = await aWorld([anEmail('e1', { deadline: 2 })], {
      async answer() {
        clock.pass(3_000);
        return 'Sorry';
      },
    });

    await world.invoke();

    expect(await world.email('e1')).toMatchObject({ state: 'sent', on_time: false });
    expect(world.counts).toMatchObject({ sent: 1, on_time: 0, late: 1 });
    expect(world.log.text()).toContain('"late_by_seconds":1');
  });

  it.each(['order', 'content'] as const)(
    'that is refused fails with the reason, and those behind it go on (%s)',
    async (dependency_kind) => {
      const post = ({ email_id }: { email_id: string }) =>
        email_id === 'parent' ? refused : undefined;
      const world = await aWorld(parentAndChild, { post }, { dependency_kind });

      await world.workOff();

      expect(await world.email('parent')).toMatchObject({
        state: 'failed',
        reason: '422: unknown email',
      });
      expect(world.posts.filter(({ email_id }) => email_id === 'parent')).toHaveLength(1);
      expect(world.acceptedIds()).toEqual(['child']);
      expect(world.counts).toMatchObject({ waiting: -2, drafted: 0, sent: 1, failed: 1 });
    },
  );
});

describe('a mailbox that refuses a reply', () => {
  it('is counted and named as one that fails', async () => {
    const world = await aWorld([anEmail('e1')], { post: () => refused });

    await world.workOff();

    expect(world.meter.counts).toMatchObject({ EmailsRefused: 1, MailboxFailed: 1 });
    expect(world.log.text()).toContain('"error_code":"mailbox_refused"');
  });
});

describe('a company whose mailbox is gone', () => {
  it('has its emails as dead letters, unwritten, and answered once these are sent back', async () => {
    const fault = alertPerson('mailbox_missing', 'No mailbox is configured for acme.');
    const answered: string[] = [];
    const options: EmailWorldOptions = {
      fault,
      async answer(_, emailId) {
        answered.push(emailId);
        return 'Hello';
      },
    };
    const world = await aWorld([anEmail('e1'), anEmail('e2')], options);
    await world.workOff();
    const before = [...answered, ...world.posts];
    const letters = world.dead.map(({ message }) => message);

    delete options.fault;
    world.enqueue(letters);
    await world.workOff();

    expect(before).toEqual([]);
    expect(world.dead.map(({ code }) => code)).toEqual(['mailbox_missing', 'mailbox_missing']);
    expect(world.acceptedIds().toSorted()).toEqual(['e1', 'e2']);
    expect(world.counts).toMatchObject({ waiting: -2, sent: 2, failed: 0 });
  });
});

describe('a mailbox that is away', () => {
  it('is asked again within the invocation, with the same key', async () => {
    const post = (_: unknown, nth: number) => (nth < 3 ? away : undefined);
    const world = await aWorld([anEmail('e1')], { post, sleep: passing });

    await world.invoke();

    expect(world.acceptedIds()).toEqual(['e1']);
    expect(world.counts).toMatchObject({ retries: 2, sent: 1 });
    expect(new Set(world.posts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('is asked again no sooner than it says', async () => {
    const times: number[] = [];
    const post = (_: unknown, nth: number) => {
      times.push(clock.now());
      return nth === 1 ? { ...away, retryAfterMs: 7_000 } : undefined;
    };
    const world = await aWorld([anEmail('e1')], { post, sleep: passing, workers: 1 });

    await world.invoke();

    expect(Number(times[1]) - Number(times[0])).toBeGreaterThanOrEqual(7_000);
  });

  it('leaves the email to the queue when the deadline allows no other try', async () => {
    const world = await aWorld([anEmail('e1', { deadline: 2 })], {
      post: () => ({ ...away, retryAfterMs: 5_000 }),
      sleep: passing,
    });

    await world.invoke();

    expect(world.posts).toHaveLength(1);
    expect(world.queue[0]?.afterSeconds).toBeGreaterThan(0);
    const email = await world.email('e1');
    const quietMs = Number(email?.lease_until) - clock.now();
    expect(email).toMatchObject({ state: 'sending' });
    expect(quietMs).toBeLessThanOrEqual(1_000 * Number(world.queue[0]?.afterSeconds));
  });

  it('is not asked again where that could outlive the invocation', async () => {
    const begin = clock.now();
    const world = await aWorld([anEmail('e1', { deadline: 3_600 })], {
      // Each call hangs as long as it may, ten seconds.
      post() {
        clock.pass(10_000);
        return { ...away, retryAfterMs: 3_000 };
      },
      sleep: passing,
      remainingMs: () => 45_000 - (clock.now() - begin),
    });

    await world.invoke();

    expect(clock.now() - begin).toBeLessThan(45_000);
    expect(world.mosts).toEqual([43_000, 30_000, 17_000].map((ms) => expect.closeTo(ms, -2)));
    expect(world.queue[0]?.afterSeconds).toBe(3);
  });

  it('has a second at the least, however little is left', async () => {
    let leftMs = 45_000;
    const world = await aWorld([anEmail('e1')], {
      post: () => away,
      async answer() {
        leftMs = 500;
        return 'At last';
      },
      remainingMs: () => leftMs,
    });

    await world.invoke();

    expect(world.mosts).toEqual([1_000]);
  });

  it('gets the same reply when the email comes back, not a new one', async () => {
    let answers = 0;
    const world = await aWorld([anEmail('e1')], {
      post: (_, nth) => (nth <= 3 ? away : undefined),
      async answer() {
        answers += 1;
        return `Answer ${answers}`;
      },
    });

    await world.workOff();

    expect(answers).toBe(1);
    expect(world.accepted.map(({ reply }) => reply.response)).toEqual(['Answer 1']);
  });

  it('makes a dead letter of the email once the outage has lasted too long, and those behind it continue', async () => {
    const post = ({ email_id }: { email_id: string }) => (email_id === 'parent' ? away : undefined);
    const inTime = parentAndChild.map((email) => ({ ...email, deadline: 3_600 }));
    const world = await aWorld(inTime, { post });

    await world.workOff();

    expect(world.dead).toMatchObject([
      { message: { email_id: 'parent' }, code: 'mailbox_unavailable' },
    ]);
    // Each time once, and again as often as is allowed.
    expect(world.posts.filter(({ email_id }) => email_id === 'parent')).toHaveLength(
      limits.outageAttempts * 3,
    );
    expect(await world.email('parent')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('mailbox_unavailable: The mailbox did not accept the reply'),
    });
    expect(world.acceptedIds()).toEqual(['child']);
  });

  it('leaves no email counted twice or not at all', async () => {
    const post = ({ email_id }: { email_id: string }) => (email_id === 'parent' ? away : undefined);
    const world = await aWorld(parentAndChild, { post });

    await world.workOff();

    expect(world.counts).toMatchObject({ waiting: -2, drafted: 0, sent: 1, failed: 1 });
  });
});

describe('an email whose drafts fail', () => {
  it('is counted as what it was last when it is given up in the same try', async () => {
    let tries = 0;
    const world = await aWorld([anEmail('e1')], {
      times: { full: 500 },
      async answer() {
        tries += 1;
        if (tries < 5) throw new Error('The model is away');
        return 'At last';
      },
      post: () => {
        throw new Error('The mailbox speaks nonsense');
      },
    });

    await world.workOff();

    expect(world.dead).toHaveLength(1);
    expect(world.counts).toMatchObject({ waiting: -1, drafted: 0, failed: 1 });
  });
});
