import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gradeRun } from '../../bench/email-runs/grade.ts';
import { makeMail } from '../../bench/email-runs/mail.ts';
import { seededRandom } from '../../bench/seeded-random.ts';
import { mailboxRuns, workers } from './mailbox-runs.ts';

const { started, ended, kill } = mailboxRuns();

describe('a run of 1,000 emails of mixed shapes', () => {
  it('loses nothing and sends nothing twice though its function is killed and posts are refused', async () => {
    const faults = { unavailable: 0.1, lost: 0.02, seed: 5 };
    const order = { emails: makeMail({ count: 1_000, seed: 12, workers }), faults };
    const { run, box } = await started(order);
    const random = seededRandom(3);

    for (let kills = 0; kills < 3; kills++) {
      await sleep(1_000 + 3_000 * random());
      kill();
    }
    const view = await ended(run, 400_000);

    const grade = gradeRun(box.record());
    console.log(
      `killed three times: ${grade.answered} answered, ${grade.on_time} on time, ${view.counts.retries} retries, ` +
        `done after ${((grade.makespan_ms ?? 0) / 1000).toFixed(0)} s`,
    );
    expect(grade.missing).toEqual([]);
    expect(grade.duplicates).toEqual([]);
    expect(grade.order_violations).toEqual([]);
    expect(view.counts).toMatchObject({ sent: 1_000, failed: 0 });
  });
});
