import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lead } from '../../lambdas/leads/messages.ts';
import { callsOf } from '../support/calls.ts';
import { aKey } from '../support/credentials.ts';
import { type Drill, startDrill } from '../support/drill.ts';
import { aCustomer, queueIsEmpty } from '../support/engine.ts';

const [theirs, another] = ['+491701234567', '+491709999999'];

let drill: Drill;
let lead: Lead;
/** The model's conversation with them. */
let thread: string;

const { call } = callsOf(() => drill.engine);

beforeAll(async () => {
  drill = await startDrill();
  const { text: key } = await aKey(drill.engine, 'demo');
  const post = async (note: string, fields: object) => {
    const headers = { 'idempotency-key': note.replaceAll(' ', '-') };
    const response = await call('/leads', {
      key,
      method: 'POST',
      body: { note, ...fields },
      headers,
    });
    return (await response.json()) as Lead;
  };
  lead = await post('Call my secret number', { phone: '+49 (0)170 1234567 ext. 12' });
  await post('Write to my secret address', { email: 'Jo@Example.com' });
  await post('An offer for somebody else', { phone: another });
  for (const number of [theirs, another]) {
    const customer = aCustomer(drill.engine, number);
    await customer.writes(`The secret of ${number}`);
    await customer.hears(1);
  }
  await aCustomer(drill.engine, theirs).writes('STOP');
  await queueIsEmpty(drill.engine);
});

afterAll(() => drill.stop());

/** All that the tables hold, as text. */
async function stored(): Promise<string> {
  const { client } = drill.engine.cloud.services.tables;
  const all = await Promise.all(
    ['conversations', 'platform-conversations', 'leads'].map(async (name) => {
      const { Items: items } = await client.send(
        new ScanCommand({ TableName: `replies-engine-${name}-local` }),
      );
      return JSON.stringify(items);
    }),
  );
  return all.join();
}

const customers = (line: string) => drill.run(`replies customers ${line}`);

describe('a customer who wants to be forgotten', () => {
  it('is shown by ids and counts, without a word of theirs', async () => {
    const shown = await customers(`show ${theirs} --company demo --email jo@example.com`);

    expect(shown).toMatch(/conversation c_\w+, \d+ items?, opted out by STOP/);
    expect(shown).toContain(`lead ${lead.id}`);
    expect(shown.match(/^lead /gm)).toHaveLength(2);
    expect(shown).not.toContain('secret');
  });

  it('is not forgotten unasked, nor for another company', async () => {
    const before = await stored();

    const unasked = await customers(`forget ${theirs} --company demo`);
    const elsewhere = await customers(`forget ${theirs} --company nosuch --yes`);

    expect(unasked).toContain('add --yes');
    expect(elsewhere).toContain('There is no company nosuch');
    expect(await stored()).toBe(before);
  });

  it('is gone with conversation and leads, while their STOP and all others stay', async () => {
    const said = await customers(`forget ${theirs} --company demo --email jo@example.com --yes`);

    const left = await stored();
    expect(said).toMatch(/Forgotten: \d+ items? deleted/);
    [thread = ''] = /conversations\/(conv_\w+)/.exec(said)?.slice(1) ?? [];
    expect(thread).toMatch(/^conv_/);
    expect(left).not.toContain(thread);
    expect(left).not.toContain(`The secret of ${theirs}`);
    expect(left).not.toMatch(/my secret (number|address)/);
    expect(left).toContain(`The secret of ${another}`);
    expect(left).toContain('An offer for somebody else');
    const again = aCustomer(drill.engine, theirs);
    await again.writes('Do you remember me?');
    await queueIsEmpty(drill.engine);
    expect(again.received().join()).not.toContain('remember me');
  });

  it('who comes back by START begins again', async () => {
    const customer = aCustomer(drill.engine, theirs);
    const heard = customer.received().length;
    await customer.writes('START');
    await customer.writes('Hello again');

    const texts = await customer.hears(heard + 2);
    expect(texts.at(-1)).toContain('Hello again');
    expect(await stored()).not.toContain(thread);
  });

  it('leaves nothing to be forgotten where nobody has written', async () => {
    const said = await customers('forget +491700000000 --company demo --yes');

    expect(said).toBe('Nothing is kept of +491700000000 by demo (local).\n');
  });
});
