import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { customerDirectory } from '../../../lambdas/whatsapp-replies/stores/customer-directory.ts';
import { deliveryStore } from '../../../lambdas/whatsapp-replies/stores/delivery-store.ts';
import { replyStore } from '../../support/reply-table.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';
import { aChannel } from '../receiving.ts';
import { anInput, aPart, aTurn } from '../vendors/a-turn.ts';

let table: TestTable;
let runs = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** Ids that try to look like parts of another tenant's key. */
const sneaky = fc.constantFrom(
  'c_1',
  'acme',
  '1#CONVERSATION#c_1',
  'COMPANY#acme',
  '#',
  'CONVERSATION#c_1#TURN#SM1',
  'whatsapp:+4915112345678',
);

const companies = fc
  .shuffledSubarray(['acme', 'acme.1', 'acme-1', 'ACME', 'a', 'acm'], { minLength: 2 })
  .map(([ours = '', theirs = '']): [string, string] => [ours, theirs]);

describe('two companies', () => {
  it('never see each other’s conversations, even under the same ids', async () => {
    await fc.assert(
      fc.asyncProperty(
        companies,
        sneaky,
        sneaky,
        sneaky,
        async ([ours, theirs], c, t, customer) => {
          runs += 1;
          const store = replyStore(table);
          const ids = { conversation_id: `${runs}${c}`, turn_id: t, customer };
          const input = anInput({ text: 'Only for us', message_sid: t });
          const mine = aTurn({ ...ids, company_id: ours, inputs: [input], parts: [aPart()] });
          const other = aTurn({ ...ids, company_id: theirs });

          await store.createTurn(mine);
          await store.mergeInto(mine, 'SMcovered');
          await store.recordInputs(mine);
          await store.rememberThread(mine, 'conv_ours');
          await store.recordReply(mine);

          expect(await store.turnOf(other)).toBeUndefined();
          expect(await store.turnOf({ ...other, turn_id: 'SMcovered' })).toBeUndefined();
          expect(await store.conversation(other)).toBeUndefined();
          expect(await store.history({ ...other, turn_id: 'SMnew' }, 20)).toEqual([]);
          expect(await store.reportedSid(other, aPart().message_key)).toBeUndefined();
          await expect(store.saveTurn(other)).rejects.toMatchObject({ code: 'turn_taken' });
          expect(await store.createTurn(other)).toBe(true);
          expect(await store.turnOf(mine)).toEqual(mine);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('never see each other’s customers or their consent, even on the same number', async () => {
    await fc.assert(
      fc.asyncProperty(companies, sneaky, async ([ours, theirs], customer) => {
        runs += 1;
        const directory = customerDirectory(table);
        const number = `whatsapp:+1000000${runs}`;
        const mine = aChannel({ company_id: ours, number });
        const other = aChannel({ company_id: theirs, number });

        const known = await directory.customerOf(mine, customer);
        const stop = { customer: known, optedOut: true, messageSid: 'SM1' };
        await directory.setOptOut(mine, customer, stop);
        const stranger = await directory.customerOf(other, customer);

        expect(stranger.conversation_id).not.toBe(known.conversation_id);
        expect(stranger.opted_out).toBeUndefined();
        const store = replyStore(table);
        const turn = aTurn({ business_number: number, customer, company_id: theirs });
        expect(await store.hasOptedOut(turn)).toBe(false);
        expect(await store.hasOptedOut({ ...turn, company_id: ours })).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('never move each other’s delivery statuses', async () => {
    const { message_key } = aPart();
    const deliveries = deliveryStore(table);
    const report = (company_id: string, status: 'sent' | 'read') =>
      deliveries.report({
        reference: { company_id, conversation_id: 'c_shared', message_key },
        messageSid: `SM-of-${company_id}`,
        status,
      });

    await report('acme', 'read');
    const { moved } = await report('globex', 'sent');

    expect(moved).toBe(true);
    const turn = aTurn({ conversation_id: 'c_shared' });
    expect(await replyStore(table).reportedSid(turn, message_key)).toBe('SM-of-acme');
  });
});
