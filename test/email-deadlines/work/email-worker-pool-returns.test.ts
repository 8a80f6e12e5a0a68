import { describe, expect, it } from 'vitest';
import type { ReadyMessage } from '../../../lambdas/email-deadlines/messages.ts';
import type { EmailIn } from '../../../lambdas/email-deadlines/work/email.ts';
import { anEmail } from '../email-world.ts';
import { emailWorlds } from '../email-worlds.ts';

const { aWorld, clock } = emailWorlds('pool-returns');

const some = (count: number, fields: Partial<EmailIn> = {}): EmailIn[] =>
  Array.from({ length: count }, (_, n) => anEmail(`e${n}`, fields));

const messageOf = (run_id: string, email_id: string): ReadyMessage => ({
  tenant_id: 'acme',
  run_id,
  email_id,
  deadlines: [],
  spare: [],
});

describe('the dependents of an email', () => {
  it('are taken in the same invocation, without the queue', async () => {
    const emails = [
      anEmail('a'),
      anEmail('b', { dependencies: ['a'] }),
      anEmail('c', { dependencies: ['b'] }),
    ];
    const world = await aWorld(emails, {}, { dependency_kind: 'content' });

    await world.invoke();

    expect(world.acceptedIds()).toEqual(['a', 'b', 'c']);
    expect(world.queue).toEqual([]);
  });

  it('are drafted beside it where only the order counts', async () => {
    const emails = [anEmail('a'), anEmail('b', { dependencies: ['a'] })];
    let drafting = 0;
    const both = Promise.withResolvers<void>();
    const world = await aWorld(emails, {
      async answer(_, emailId) {
        drafting += 1;
        if (drafting === 2) both.resolve();
        await both.promise;
        return `Re: ${emailId}`;
      },
    });

    await world.workOff();

    expect(world.acceptedIds()).toEqual(['a', 'b']);
  });
});

describe('an email that cannot be worked on now', () => {
  it('comes back when it is due', async () => {
    const world = await aWorld([anEmail('e1')], {}, { send: 'just_in_time' });

    await world.invoke();

    expect(world.acceptedIds()).toEqual([]);
    expect(world.queue[0]?.afterSeconds).toBeCloseTo(57, 0);
    clock.pass(58_000);
    await world.invoke();
    expect(world.acceptedIds()).toEqual(['e1']);
  });

  it('is left to the watch of its run where that is hours ahead', async () => {
    const world = await aWorld(
      [anEmail('e1', { deadline: 4 * 3_600 })],
      {},
      { send: 'just_in_time' },
    );

    await world.invoke();

    expect(world.queue).toEqual([]);
    expect((await world.email('e1'))?.state).toBe('waiting');
  });

  it('comes back when another’s lease has ended', async () => {
    const world = await aWorld([anEmail('e1')]);
    const key = { ...world.run, email_id: 'e1' };
    await world.store.claim(key, 'another', clock.now() + 20_000);

    await world.invoke();

    expect(world.posts).toEqual([]);
    expect(world.queue[0]?.afterSeconds).toBe(20);
  });

  it('goes to the dead letters when nobody knows it', async () => {
    const world = await aWorld([]);
    world.enqueue([messageOf(world.run.run_id, 'nobody')]);

    await world.invoke();

    expect(world.dead).toMatchObject([{ message: { email_id: 'nobody' }, code: 'email_unknown' }]);
    expect(world.queue).toEqual([]);
  });
});

describe('the emails of a suspended company', () => {
  it('are let go by the queue, unanswered, and stay as they are', async () => {
    let asked = 0;
    const acquireModelCall = async () => {
      asked += 1;
      return 0;
    };
    const world = await aWorld(some(3), { isSuspended: true, acquireModelCall });

    await world.invoke();

    expect([world.queue, world.posts, world.dead, asked]).toEqual([[], [], [], 0]);
    expect(await world.email('e1')).toMatchObject({ state: 'waiting', attempts: 0 });
  });

  it('are dead letters again where they were sent back as such', async () => {
    const world = await aWorld([anEmail('e1')], { isSuspended: true });
    const letter = { ...messageOf(world.run.run_id, 'e1'), failed_at: 7 };
    world.queue.length = 0;
    world.enqueue([letter]);

    await world.invoke();

    expect(world.dead).toEqual([{ message: letter, code: 'company_suspended' }]);
    expect(world.queue).toEqual([]);
  });
});

describe('what fails beside the emails', () => {
  it('holds up none of them: a queue that is away', async () => {
    const pull = () => Promise.reject(new Error('SQS is away'));
    const world = await aWorld(some(3), { pull });

    await world.invoke();

    expect(world.acceptedIds()).toHaveLength(3);
  });

  it('holds up only its own: a company that cannot be read', async () => {
    const loadRunContext = async ({ run_id }: ReadyMessage) => {
      if (run_id === 'broken') throw new Error('It has no mailbox');
      return undefined;
    };
    const world = await aWorld([anEmail('e1')], { loadRunContext });
    world.enqueue([messageOf('broken', 'x')]);
    world.queue.reverse();

    await world.invoke();

    expect(world.acceptedIds()).toEqual(['e1']);
    expect(world.queue).toMatchObject([{ message: { run_id: 'broken' }, afterSeconds: 1 }]);
  });

  it('is asked for once, said once, and pauses longer each time: a company that cannot be read', async () => {
    let asked = 0;
    const loadRunContext = async () => {
      asked += 1;
      throw new Error('DynamoDB is away');
    };
    const world = await aWorld(some(10), { loadRunContext });
    const pauses: (number | undefined)[] = [];

    for (let n = 0; n < 8; n++) {
      await world.invoke();
      pauses.push(...new Set(world.queue.map(({ afterSeconds }) => afterSeconds)));
    }

    expect(pauses).toEqual([1, 2, 3, 6, 12, 24, 45, 45]);
    expect(asked).toBe(8);
    expect(world.log.lines).toHaveLength(8);
  });

  it('is asked for again soon after: a company that could not be read for a moment', async () => {
    let isDown = true;
    const loadRunContext = async () => {
      if (isDown) throw new Error('DynamoDB is away');
      return undefined;
    };
    const world = await aWorld(some(3), { loadRunContext });

    await world.invoke();
    isDown = false;
    await world.workOff();

    expect(world.acceptedIds()).toHaveLength(3);
  });
});
