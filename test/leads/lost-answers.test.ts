import { describe, expect, it } from 'vitest';
import { TestProcess } from '../support/crash.ts';
import { withLostAnswers } from '../support/lost-answers.ts';
import { leadsByKey } from './leads-by-key.ts';
import { aWorld, leadOf, leadsIn, withKey } from './leads-world.ts';

const at = leadsByKey();
const lossy = () => withLostAnswers(at.table);

describe('a lead whose writes are answered by nobody, and sent again', () => {
  it('is taken over from a request that has died', async () => {
    const { tenant, key } = at.someone();
    const dying = new TestProcess([{ call: 2, effect: 'before' }]);
    const died = aWorld(dying.client(at.table));
    await dying.outcome(died.post(at.body, withKey(key, { tenant })));
    at.table.clock.pass(25_000);
    const leads = aWorld(lossy());

    const response = await leads.post(at.body, withKey(key, { tenant }));

    expect(response.status).toBe(201);
    expect(await leadsIn(at.table, tenant)).toMatchObject([await leadOf(response)]);
  });

  it('is classified, classified again and told of, each once', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(lossy());
    const { id } = await leadOf(await leads.post(at.body, withKey(key, { tenant })));
    for (const message of leads.queue.splice(0)) await leads.triage(message);
    await leads.reclassify(id, {}, { tenant });
    for (const message of leads.queue.splice(0)) await leads.triage(message);

    const response = await leads.get(`/leads/${id}/insights`, { tenant });

    const { insights } = (await response.json()) as { insights: { version: number }[] };
    expect(insights.map(({ version }) => version)).toEqual([2, 1]);
    expect(leads.published.map(({ version }) => version)).toEqual([1, 2]);
  });
});
