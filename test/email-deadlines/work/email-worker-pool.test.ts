import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EmailIn } from '../../../lambdas/email-deadlines/work/email.ts';
import { anEmail } from '../email-world.ts';
import { emailWorlds } from '../email-worlds.ts';

const { aWorld, clock } = emailWorlds('pool');

/** Notes who is answered, in which order, and how many at once. */
function answersRecorded(after: (emailId: string) => Promise<void> | void = () => {}) {
  const begun: string[] = [];
  let [now, most] = [0, 0];
  return {
    begun,
    most: () => most,
    async answer(_step: string, emailId: string) {
      begun.push(emailId);
      now += 1;
      most = Math.max(most, now);
      for (let n = 0; n < 5; n++) await turn();
      await after(emailId);
      now -= 1;
      return `Re: ${emailId}`;
    },
  };
}

const some = (count: number, fields: Partial<EmailIn> = {}): EmailIn[] =>
  Array.from({ length: count }, (_, n) => anEmail(`e${n}`, fields));

/** Time passes while everybody waits. */
const passing = async (ms: number) => {
  clock.pass(ms);
  await turn();
};

describe('the emails of a batch', () => {
  it('are worked on in the order of their need, not of the queue', async () => {
    const notes = answersRecorded();
    const emails = [anEmail('later', { deadline: 90 }), anEmail('soon', { deadline: 20 })];
    const world = await aWorld(emails, { ...notes, workers: 1 });
    world.queue.reverse();

    await world.invoke();

    expect(notes.begun).toEqual(['soon', 'later']);
  });

  it('leave those for the end that are too late whatever is done', async () => {
    const notes = answersRecorded();
    const emails = [anEmail('lost', { deadline: 0.3 }), anEmail('saved', { deadline: 20 })];
    const world = await aWorld(emails, { ...notes, workers: 1 });

    await world.invoke();

    expect(notes.begun).toEqual(['saved', 'lost']);
    expect(world.acceptedIds()).toEqual(['saved', 'lost']);
  });

  it('put those first that much waits for', async () => {
    const notes = answersRecorded();
    const emails = [
      anEmail('alone', { deadline: 20 }),
      anEmail('parent', { deadline: 90 }),
      anEmail('child', { deadline: 10, dependencies: ['parent'] }),
    ];
    const world = await aWorld(emails, { ...notes, workers: 1 }, { dependency_kind: 'content' });

    await world.invoke();

    expect(notes.begun).toEqual(['parent', 'child', 'alone']);
  });

  it('are filled up from the queue as long as there is time', async () => {
    const world = await aWorld(some(35));

    await world.invoke();

    expect(world.acceptedIds()).toHaveLength(35);
    expect(world.queue).toEqual([]);
  });

  it('are at most as many at once as the run is allowed', async () => {
    const notes = answersRecorded();
    const world = await aWorld(some(8), { ...notes, workers: 6, maxWorkers: 2 });

    await world.invoke();

    expect(notes.most()).toBe(2);
    expect(world.acceptedIds()).toHaveLength(8);
  });

  it('come back soon where others have all that the run is allowed', async () => {
    const notes = answersRecorded();
    const world = await aWorld(some(2), { ...notes, maxWorkers: 0 });

    await world.invoke();

    expect(notes.begun).toEqual([]);
    expect(world.queue.map(({ afterSeconds }) => afterSeconds)).toEqual([1, 1]);
  });
});

describe('the budget of the model', () => {
  it('is asked once for each draft', async () => {
    let asked = 0;
    const acquireModelCall = async () => {
      asked += 1;
      return 0;
    };
    const world = await aWorld(some(5), { acquireModelCall, workers: 8 });

    await world.invoke();

    expect(asked).toBe(5);
  });

  it('lets drafts wait as long as it says', async () => {
    const drafted: number[] = [];
    const begin = clock.now();
    const waits = [0, 3_000, 0];
    const notes = answersRecorded(() => void drafted.push(clock.now() - begin));
    const acquireModelCall = async () => waits.shift() ?? 0;
    const world = await aWorld(some(2), {
      ...notes,
      acquireModelCall,
      sleep: passing,
      workers: 1,
    });

    await world.invoke();

    expect(drafted[0]).toBeLessThan(100);
    expect(drafted[1]).toBeGreaterThanOrEqual(3_000);
  });

  it('gives a call to whoever needs it most, whichever worker it was that got it', async () => {
    const notes = answersRecorded();
    const emails = [anEmail('later', { deadline: 90 }), anEmail('soon', { deadline: 40 })];
    const waits = [3_000, 0];
    const world = await aWorld(emails, {
      ...notes,
      acquireModelCall: async () => waits.shift() ?? 0,
      sleep: passing,
      workers: 2,
    });

    await world.invoke();

    expect(notes.begun).toEqual(['soon', 'later']);
  });

  it('does not hold up what is drafted already', async () => {
    const emails = [anEmail('draft'), anEmail('drafted', { deadline: 90 })];
    let isUsedUp = false;
    const world = await aWorld(emails, {
      acquireModelCall: async () => (isUsedUp ? 5_000 : 0),
      sleep: passing,
    });
    const key = { ...world.run, email_id: 'drafted' };
    await world.store.claim(key, 'before', clock.now() + 1_000);
    const email = await world.email('drafted');
    if (email) {
      await world.store.saveDraft(email, 'before', { response: 'Kept', answered_by: 'full' });
    }
    for (const { message } of world.queue)
      if (message.email_id === 'drafted') message.drafted = true;
    isUsedUp = true;
    const begin = clock.now();

    const working = world.invoke();
    while (world.accepted.length === 0 && clock.now() < begin + 4_000) await turn();
    isUsedUp = false;
    await working;

    expect(world.acceptedIds()).toEqual(['drafted', 'draft']);
    expect(world.accepted[0]?.reply.response).toBe('Kept');
  });
});
