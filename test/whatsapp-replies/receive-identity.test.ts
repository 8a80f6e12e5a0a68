import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forget } from '../../bin/customers/forget.ts';
import { storedDataOf } from '../../bin/customers/stored-data.ts';
import { readTwilioMessage } from '../../lambdas/whatsapp-replies/work/inbound.ts';
import { replyStore } from '../support/reply-table.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aSid, businessAddress } from '../support/webhook.ts';
import { aReceiver } from './receiving.ts';
import { aTurn } from './vendors/a-turn.ts';

let table: TestTable;
let people = 0;
const contents = { of: async () => [], remove: async () => undefined };
const tables = () => ({ conversations: table, log: table, leads: table, contents });

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** A person who is named by their number, by the id that hides it, or by both. */
async function aPerson() {
  people += 1;
  const [number, id] = [`1555300${String(people).padStart(4, '0')}`, `DE.90${people}`];
  const receiver = await aReceiver(table);
  let written = 0;
  const as = (fields: Record<string, string>) => (Body: string) => {
    written += 1;
    return receiver.post({ ...fields, Body, MessageSid: aSid(`${people}-${written}`) });
  };
  const byNumber = `whatsapp:+${number}`;
  const byId = `whatsapp:${id}`;
  const optedOut = (customer: string) =>
    replyStore(table).hasOptedOut(aTurn({ customer, business_number: businessAddress }));
  return {
    byNumber,
    byId,
    number: as({ From: byNumber, WaId: number }),
    id: as({ From: byId, WaId: '', ExternalUserId: id }),
    both: as({ From: byNumber, WaId: number, ExternalUserId: id }),
    idWithNumber: as({ From: byId, WaId: number, ExternalUserId: id }),
    optedOut: async () => [await optedOut(byNumber), await optedOut(byId)],
    conversations: () => receiver.enqueued().map(({ conversation_id }) => conversation_id),
    kept: (address: string) =>
      storedDataOf({ company: 'acme', address, visitor: undefined, email: undefined }, tables()),
  };
}

describe('addresses of a webhook', () => {
  it.each([
    [{ From: 'whatsapp:+1555', WaId: '1555' }, ['whatsapp:+1555']],
    [{ From: 'whatsapp:+5255', WaId: '52155555' }, ['whatsapp:+5255']],
    [{ From: 'whatsapp:+1555', ExternalUserId: 'US.1' }, ['whatsapp:+1555', 'whatsapp:US.1']],
    [{ From: 'whatsapp:US.1', ExternalUserId: 'whatsapp:US.1' }, ['whatsapp:US.1']],
    [{ From: 'whatsapp:US.1', WaId: '155500001' }, ['whatsapp:US.1', 'whatsapp:+155500001']],
    [{ From: 'whatsapp:+1555', ExternalUserId: 'x'.repeat(300) }, ['whatsapp:+1555']],
  ])('of %j', (fields, addresses) => {
    expect(readTwilioMessage(fields).addresses).toEqual(addresses);
  });
});

describe('a customer who is named by a number and by an id', () => {
  it.each([
    ['both', 'number', 'id'],
    ['both', 'id', 'number'],
    ['number', 'both', 'id'],
    ['id', 'both', 'number'],
    ['number', 'idWithNumber', 'id'],
    ['id', 'idWithNumber', 'number'],
  ] as const)('stays in one conversation: %s, then %s, then %s', async (...ways) => {
    const person = await aPerson();

    for (const way of ways) await person[way]('Hello');

    expect(new Set(person.conversations()).size).toBe(1);
  });

  it.each([
    [['both', 'number'], 'id'],
    [['both', 'id'], 'number'],
    [['number', 'both'], 'id'],
    [['id', 'both'], 'number'],
  ] as const)('has opted out under each name: %j, then %s', async (stops, later) => {
    const person = await aPerson();
    const [first, second] = stops;
    await person[first](first === 'both' ? 'Hello' : 'STOP');
    await person[second](first === 'both' ? 'STOP' : 'Hello');

    await person[later]('Hello?');

    expect(await person.optedOut()).toEqual([true, true]);
  });

  it('has opted out permanently, however long nothing is heard of them', async () => {
    const person = await aPerson();
    await person.both('Hello');

    await person.number('STOP');

    const items = (await table.items()).filter(({ pk }) =>
      [person.byNumber, person.byId].some((name) => String(pk).endsWith(name)),
    );
    expect(items).toHaveLength(2);
    for (const item of items) expect(item).not.toHaveProperty('expires_at');
  });

  it('resumes the messages under each name', async () => {
    const person = await aPerson();
    await person.both('STOP');
    await person.id('START');

    await person.both('Hello');

    expect(await person.optedOut()).toEqual([false, false]);
  });

  it('whose two conversations turn out to be one person’s is opted out by either', async () => {
    const person = await aPerson();
    await person.number('Hello');
    await person.id('STOP');

    await person.both('Hello again');
    await person.id('And again');

    expect(await person.optedOut()).toEqual([true, true]);
    expect(new Set(person.conversations().slice(2)).size).toBe(1);
  });

  it('is forgotten under each name, except the opt-out', async () => {
    const [person, other] = [await aPerson(), await aPerson()];
    await person.both('Hello');
    await other.both('STOP');

    for (const { kept, byId } of [person, other]) {
      await forget(await kept(byId), 'acme', tables());
    }

    expect((await person.kept(person.byNumber)).channels).toEqual([]);
    expect((await other.kept(other.byNumber)).channels).toMatchObject([
      { conversation_id: null, opted_out: true },
      { conversation_id: null, opted_out: true },
    ]);
    await other.id('Hello?');
    expect(await other.optedOut()).toEqual([true, true]);
  });
});
