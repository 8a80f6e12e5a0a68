import type { Conversation, Message } from '../lambdas/conversations/conversation.ts';
import { type ApiOptions, apiOf, type CallApi } from './api.ts';
import { CommandError } from './command.ts';
import { say as print, sayJson } from './output.ts';

type Options = ApiOptions & { json?: boolean | undefined };
type Handled = Pick<Conversation, 'conversation_id' | 'status' | 'handling' | 'assignee'>;

interface Filter {
  status?: string | undefined;
  channel?: string | undefined;
  handling?: string | undefined;
  mine?: boolean | undefined;
  limit: number;
}

const pageSize = 50;
const messagesAtOnce = 100;

/** Shows the conversations that fit, those with the latest activity first. */
export async function list(options: Options & Filter): Promise<void> {
  const found = await conversationsOf(apiOf(options), options);
  if (options.json) return sayJson(found);
  if (found.length === 0) print('No conversations.');
  for (const one of found) {
    const said = one.last_message ? `${one.last_message.role}: ${one.last_message.text}` : '';
    print(
      `${one.conversation_id}  ${one.channel.padEnd(8)} ${timeOf(one.last_activity_at)}  ${whoOf(one)}  ${shortened(inOneLine(said))}`,
    );
  }
}

async function conversationsOf(call: CallApi, filter: Filter): Promise<Conversation[]> {
  const { status, channel, handling, mine, limit } = filter;
  const wanted = { status, channel, handling, ...(mine && { assignee: 'me' }) };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) if (value) query.set(name, value);
  const found: Conversation[] = [];
  for (;;) {
    query.set('limit', String(Math.min(pageSize, limit - found.length)));
    const page = await call<{ data: Conversation[]; next_cursor: string | null }>(
      'GET',
      `/conversations?${query}`,
    );
    found.push(...page.data);
    if (page.next_cursor === null || found.length >= limit) return found;
    query.set('cursor', page.next_cursor);
  }
}

/** Shows a conversation and its newest messages, oldest first. */
export async function show(id: string, options: Options & { limit: number }): Promise<void> {
  const call = apiOf(options);
  const { data: conversation } = await call<{ data: Conversation }>('GET', at(id));
  const messages: Message[] = [];
  let after = Math.max(0, conversation.last_sequence - options.limit);
  while (after < conversation.last_sequence) {
    const { data } = await call<{ data: { messages: Message[] } }>(
      'GET',
      `${at(id)}/messages?after=${after}&limit=${messagesAtOnce}`,
    );
    const last = data.messages.at(-1);
    if (!last) break;
    messages.push(...data.messages);
    after = last.sequence;
  }
  if (options.json) return sayJson({ ...conversation, messages });
  print(`${conversation.conversation_id} on ${conversation.channel}, ${whoOf(conversation)}`);
  for (const message of messages) print(lineOf(message));
}

/** Writes to the customer. */
export async function say(
  id: string,
  words: readonly string[],
  { macro, name, ...options }: Options & { macro?: string | undefined; name?: string | undefined },
): Promise<void> {
  const text = words.join(' ').trim();
  if ((text === '') === (macro === undefined)) {
    throw new CommandError('What is said? Give a text, or a --macro.');
  }
  const body = { name, ...(macro === undefined ? { text } : { macro_id: macro }) };
  const { data } = await apiOf(options)<{ data: Message }>('POST', `/v1${at(id)}/messages`, body);
  if (options.json) return sayJson(data);
  print(lineOf(data));
}

/** Takes the conversation over. */
export const takeOver = (
  id: string,
  { force, name, ...options }: Options & { force?: boolean | undefined; name?: string | undefined },
) => change(id, 'takeover', { force, name }, options);

/** Hands the conversation back to the agent. */
export const handBack = (id: string, options: Options) => change(id, 'handback', {}, options);

export const close = (id: string, options: Options) => change(id, 'close', {}, options);

async function change(id: string, action: string, body: object, options: Options): Promise<void> {
  const { data } = await apiOf(options)<{ data: Handled }>('POST', `${at(id)}/${action}`, body);
  if (options.json) return sayJson(data);
  print(`${data.conversation_id} is ${whoOf(data)}.`);
}

const at = (id: string): string => `/conversations/${encodeURIComponent(id)}`;

const timeOf = (at: string): string => at.slice(0, 19).replace('T', ' ');

/** Who answers, in a few words. */
function whoOf({ status, handling, assignee }: Pick<Handled, 'status' | 'handling' | 'assignee'>) {
  if (status === 'closed') return 'closed';
  switch (handling) {
    case 'automatic':
      return 'answered automatically';
    case 'waiting':
      return 'waiting for a person';
    case 'person':
      return `answered by ${assignee}`;
    default:
      throw handling satisfies never;
  }
}

const inOneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ⏎ ');

const maxShown = 80;
const shortened = (text: string): string =>
  text.length > maxShown ? `${text.slice(0, maxShown).toWellFormed()}…` : text;

function lineOf({ sequence, created_at, role, author, event, text, files, delivery }: Message) {
  const attached = files.map(({ filename }) => ` [${filename}]`).join('');
  const said = event ? `* ${event.replaceAll('_', ' ')}` : inOneLine(text) + attached;
  const way = delivery ? ` (${delivery.status})` : '';
  return `${String(sequence).padStart(4)}  ${timeOf(created_at)}  ${author.name ?? role}: ${said}${way}`;
}
