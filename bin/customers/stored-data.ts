import { conversationPartition as logPartition } from '../../lambdas/conversations/conversation.ts';
import { keys as leadKeys, leadsOf } from '../../lambdas/leads/stores/keys.ts';
import { phoneNumber } from '../../lambdas/leads/work/phone-number.ts';
import { plainEmail, plainPhone } from '../../lambdas/leads/work/written-form.ts';
import type { Table } from '../../lambdas/shared/store/table.ts';
import { conversationPartition, keys } from '../../lambdas/whatsapp-replies/stores/keys.ts';
import { type Chat, chatsOf, type Visitor } from './chats.ts';
import type { Contents } from './contents.ts';
import { itemsOf } from './items.ts';

export interface Who extends Visitor {
  /** Twilio's, such as `whatsapp:+491701234567`; undefined for who is known as a visitor alone. */
  address: string | undefined;
}

export interface CustomerTables {
  conversations: Table;
  /** What is said in conversations of every channel. */
  log: Table;
  leads: Table;
  contents: Contents;
}

/** What is kept of a customer, by ids and counts; never what they wrote. */
export interface StoredData {
  /** One for each of the company's numbers that they wrote to. */
  channels: {
    number: string;
    customer: string;
    conversation_id: string | null;
    opted_out: boolean;
    items: number;
    /** The model's conversations. */
    threads: string[];
  }[];
  chats: Chat[];
  leads: { id: string; insights: number }[];
}

export async function storedDataOf(who: Who, tables: CustomerTables): Promise<StoredData> {
  const { company, address } = who;
  const [channels, chats, leads] = await Promise.all([
    address === undefined ? [] : channelsOf({ company, address }, tables),
    chatsOf(who, tables),
    leadsBy(who, tables.leads),
  ]);
  return { channels, chats, leads };
}

/** Also of numbers that the company has no more, and under the other addresses of the same customer. */
async function channelsOf(
  { company, address }: { company: string; address: string },
  tables: Pick<CustomerTables, 'conversations' | 'log'>,
  seen = new Set([address]),
): Promise<StoredData['channels']> {
  const { pk, sk: prefix } = keys.customer(company, '', address);
  const attributes = ['conversation_id', 'thread_id', 'opted_out', 'same_as', 'known_as'];
  const known = await itemsOf(tables.conversations, pk, attributes);
  const others = namesIn(known).filter((name) => !seen.has(name));
  for (const name of others) seen.add(name);
  const here = known.map(async (item) => {
    const id = typeof item['conversation_id'] === 'string' ? item['conversation_id'] : null;
    const key = { company_id: company, tenant_id: company, conversation_id: id ?? '' };
    const items = id
      ? await itemsOf(tables.conversations, conversationPartition(key), ['thread_id'])
      : [];
    const said = id ? await itemsOf(tables.log, logPartition(key), []) : [];
    const threads = [item, ...items].flatMap(({ thread_id: thread }) =>
      typeof thread === 'string' && thread !== '' ? [thread] : [],
    );
    return {
      number: String(item['sk']).slice(prefix.length),
      customer: address,
      conversation_id: id,
      opted_out: item['opted_out'] === true,
      items: items.length + said.length,
      threads: [...new Set(threads)],
    };
  });
  const there = others.map((name) => channelsOf({ company, address: name }, tables, seen));
  return [...(await Promise.all(here)), ...(await Promise.all(there)).flat()];
}

const namesIn = (items: Record<string, unknown>[]): string[] => [
  ...new Set(
    items.flatMap(({ same_as: name, known_as: names }) => [
      ...(typeof name === 'string' ? [name] : []),
      ...(names instanceof Set ? [...names].map(String) : []),
    ]),
  ),
];

async function leadsBy(
  { company, address, email }: Who,
  table: Table,
): Promise<StoredData['leads']> {
  // An id in place of a number may have no digits, as a lead without a phone number has none.
  const number = digitsOf(address);
  const isTheirs = ({ phone, email: given }: Record<string, unknown>) =>
    (number !== '' && digitsOf(phone) === number) ||
    (email !== undefined && addressOf(given) === addressOf(email));
  const all = await itemsOf(table, leadsOf(company), ['id', 'phone', 'email']);
  const ids = all.filter(isTheirs).map(({ id }) => String(id));
  return Promise.all(
    ids.map(async (id) => {
      const { pk } = leadKeys.replaced(company, id, 0);
      return { id, insights: (await itemsOf(table, pk, [])).length };
    }),
  );
}

/** The digits of a phone number without its extension, however it was written when it was kept. */
const digitsOf = (phone: unknown): string => {
  const [number = ''] = phoneNumber(plainPhone(String(phone ?? ''))).split(' ext. ');
  return number.replaceAll(/\D/g, '');
};

const addressOf = (email: unknown): string => plainEmail(String(email ?? '')).toLowerCase();
