import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learnedTimes } from '../../../lambdas/email-deadlines/stores/learned-times.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const assumed = { full: 6_000, template: 1 };
const timesOf = (tenant: string) => learnedTimes(table, tenant, assumed);

async function learn(tenant: string, tookMs: number, count: number) {
  const times = await timesOf(tenant);
  for (let n = 0; n < count; n++) {
    table.clock.pass(1_000);
    times.learn('full', tookMs);
  }
  return times;
}

describe('what answers have taken', () => {
  it('is what was assumed before one was measured', async () => {
    expect((await timesOf('nobody')).expected(0.85)).toEqual(assumed);
  });

  it('is known to the next invocation', async () => {
    const times = await learn('acme', 800, 10);
    await times.share();

    expect((await timesOf('acme')).expected(0.85)).toEqual({ full: 800, template: 1 });
  });

  it('is put together of what two invocations learn at the same time', async () => {
    const [quick, slow] = [await learn('both', 100, 5), await learn('both', 900, 5)];
    await quick.share();
    await slow.share();

    const times = await timesOf('both');

    expect([times.expected(0.5).full, times.expected(1).full]).toEqual([100, 900]);
  });

  it('counts once, however often it is shared', async () => {
    const times = await learn('often', 300, 3);
    await times.share();
    await times.share();
    times.learn('full', 300);
    await times.share();

    const [item] = (await table.items()).filter(({ pk }) => pk === 'TENANT#often');

    expect(item?.['samples']).toHaveLength(3);
  });

  it('of one company says nothing of another', async () => {
    await (await learn('ours', 100, 10)).share();

    expect((await timesOf('theirs')).expected(0.85)).toEqual(assumed);
  });

  it('writes nothing where nothing was learned', async () => {
    await (await timesOf('idle')).share();

    expect((await table.items()).filter(({ pk }) => pk === 'TENANT#idle')).toEqual([]);
  });

  it('leaves out a step that the company does not have', async () => {
    const times = await timesOf('plain');
    times.learn('faster', 100);
    await times.share();

    expect(Object.keys(times.expected(0.85))).toEqual(['full', 'template']);
  });
});
