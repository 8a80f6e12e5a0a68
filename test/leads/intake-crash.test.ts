import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TriageMessage } from '../../lambdas/leads/messages.ts';
import { aCrashPoint, crashPoints, TestProcess, turnsOf } from '../support/crash.ts';
import type { TestTable } from '../support/table.ts';
import { aWorld, leadOf, leadsIn, startLeadsTable, withKey } from './leads-world.ts';

let table: TestTable;
let schedules = 0;

beforeAll(async () => {
  table = await startLeadsTable();
});

afterAll(() => table.close());

const body = { note: 'What does it cost?' };

/** A company of its own; what its processes enqueue is in `queue`, whichever of them did. */
function anIntake() {
  schedules += 1;
  const tenant = `company-${schedules}`;
  const queue: TriageMessage[] = [];
  const post = (process: TestProcess) => {
    const leads = aWorld(process.client(table), {
      enqueue: (message) => process.call(async () => void queue.push(message)),
    });
    return process.outcome(leads.post(body, withKey('the-key', { tenant })));
  };
  return { tenant, queue, post, leads: () => leadsIn(table, tenant) };
}
type Intake = ReturnType<typeof anIntake>;

/** The client sends until it has its lead; returns that. */
async function sendsUntilTaken(intake: Intake) {
  for (let tries = 0; tries < 3; tries++) {
    const response = await intake.post(new TestProcess());
    if (response && [200, 201].includes(response.status)) return leadOf(response);
    table.clock.pass(25_000);
  }
  throw new Error('Expected the lead to be taken at the third try, and it was not.');
}

/** Has all messages classified, and some of them twice. */
async function classifyAll({ queue }: Intake): Promise<void> {
  const leads = aWorld(table);
  for (const message of [...queue, ...queue.slice(0, 1)]) await leads.triage(message);
}

const leadsOf = (messages: TriageMessage[]) =>
  messages.map((message) => (message.kind === 'triage' ? message.lead : undefined));

describe('a request that dies at a call of the store or the queue', () => {
  it.each(crashPoints(3))(
    'number $call, $effect it takes effect, leaves no lead that nobody classifies',
    async (point) => {
      const intake = anIntake();
      const died = await intake.post(new TestProcess([point]));

      const [leads, messages] = [await intake.leads(), [...intake.queue]];
      expect(died).toBeUndefined();
      if (leads.length > 0) expect(messages).toHaveLength(1);
      await classifyAll(intake);
      const lead = await sendsUntilTaken(intake);

      expect(await intake.leads()).toMatchObject([lead]);
      expect(intake.queue.length).toBeGreaterThan(0);
      expect(leadsOf(intake.queue)).toEqual(intake.queue.map(() => lead));
    },
  );

  it('has three such calls', async () => {
    const whole = new TestProcess();
    await anIntake().post(whole);

    expect(whole.calls).toBe(3);
  });
});

describe('requests with the same key', () => {
  const points = fc.array(fc.array(aCrashPoint(6), { maxLength: 1 }), {
    minLength: 2,
    maxLength: 3,
  });
  const passes = fc.array(fc.integer({ min: 1, max: 40_000 }), { maxLength: 3 });

  it('make one lead, and a message that holds it, however they overlap, die and are late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        points,
        passes,
        fc.boolean(),
        async (s, died, late, early) => {
          const intake = anIntake();
          const turn = turnsOf(s);

          for (const ms of late) void turn(async () => table.clock.pass(ms));
          const ends = died.map((point) => intake.post(new TestProcess(point, turn)));
          const responses = await s.waitFor(Promise.all(ends));
          if ((await intake.leads()).length > 0) expect(intake.queue).not.toEqual([]);
          if (early) await classifyAll(intake);
          const lead = await sendsUntilTaken(intake);
          await classifyAll(intake);

          const [stored, ...more] = await intake.leads();
          expect(more).toEqual([]);
          expect(stored).toMatchObject({ ...lead, insight: { version: 1 } });
          expect(leadsOf(intake.queue)).toEqual(intake.queue.map(() => lead));
          for (const response of responses) {
            if (!response) continue;
            expect([200, 201, 409]).toContain(response.status);
            if (response.status !== 409) expect(await response.json()).toEqual(lead);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
