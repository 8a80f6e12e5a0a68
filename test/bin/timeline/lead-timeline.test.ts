import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leadTimeline } from '../../../bin/timeline/lead.ts';
import { aLeadsOffice, leadOf, withKey } from '../../leads/office.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const note = 'Need pricing for 50 seats.';

describe('the timeline of a lead', () => {
  it('tells the tries that failed, the dead letter, and each judgement, without words', async () => {
    const office = aLeadsOffice(table);
    const { id } = await leadOf(await office.post({ note }, withKey('lead-1')));
    const failed = (what: 'failed' | 'dead') =>
      office.store.setFailed('acme', id, { at: table.clock.now(), what, error_code: 'store' });
    await failed('failed');
    await failed('dead');
    const dead = await leadTimeline('acme', id, table, false);
    for (const message of office.queue) await office.triage(message);
    const judged = await leadTimeline('acme', id, table, false);

    expect(dead).toMatchObject({ state: 'not judged: a dead letter (store)', dead: true });
    expect(judged?.state).toMatch(/^judged: \w+, P\d$/);
    expect(judged?.steps.map(({ what }) => what)).toEqual([
      'received and queued',
      'failed: store; it is tried again',
      'failed for good: store; it goes to the dead letters',
      expect.stringMatching(/^judged \(1\): \w+, P\d, by rules$/),
    ]);
    expect(JSON.stringify(judged)).not.toContain(note);
    expect((await leadTimeline('acme', id, table, true))?.words).toEqual({ note });
  });

  it('is none of another company’s', async () => {
    const office = aLeadsOffice(table);
    const { id } = await leadOf(await office.post({ note }, withKey('lead-2')));

    expect(await leadTimeline('globex', id, table, false)).toBeUndefined();
  });
});
