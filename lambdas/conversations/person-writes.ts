import { v7 as uuidv7 } from 'uuid';
import { type Clock, isoTime } from '../shared/clock.ts';
import { succeeded } from '../shared/http/envelope.ts';
import { invalid } from '../shared/http/faults.ts';
import { keyReused } from '../shared/http/idempotency-key.ts';
import type { Problem } from '../shared/http/problem.ts';
import { type IdempotencyStore, idempotencyStore } from '../shared/store/idempotency-store.ts';
import { expiresAt, type Table } from '../shared/store/table.ts';
import type { Caller } from '../tenancy/caller.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import type { Conversation, ConversationKey, FileReference, Message } from './conversation.ts';
import { conversationRoutes as routes } from './conversation-routes.ts';
import { referenceOf } from './file-content.ts';
import { limits } from './limits.ts';
import type { OutboundMessage } from './messages.ts';
import type { ConversationLog, NewMessage } from './ports.ts';
import type { FileStore } from './stores/file-store.ts';

/** What is decided with a message's key, so that whoever repeats it writes the same message. */
interface Decided {
  message_id: string;
  after: number;
  created_at: string;
  text: string;
}

export interface PersonPorts {
  conversations: Pick<
    ConversationLog,
    'find' | 'append' | 'setHandling' | 'messageById' | 'latest'
  >;
  keys: IdempotencyStore<Decided>;
  files: Pick<FileStore, 'find'>;
  /** The text of a macro; undefined where there is none. */
  macroText(tenantId: string, id: string): Promise<string | undefined>;
  /** Hands a message to WhatsApp; one that comes again is sent once. */
  send(message: OutboundMessage): Promise<void>;
  clock: Pick<Clock, 'now'>;
}

/** The keys under which people write. */
export const messageKeys = (table: Table): IdempotencyStore<Decided> =>
  idempotencyStore(table, {
    keyOf: (tenantId, hash) => ({ pk: `TENANT#${tenantId}`, sk: `IDEMPOTENCY#MESSAGE#${hash}` }),
  });

/**
 * Serves the message of a person: written once for its key, and handed to the channel before it is in the log, whole. So
 * nothing is lost and nothing is doubled where the request dies anywhere, and is repeated or not.
 */
export function servePersonMessages(serve: Serve, ports: PersonPorts): void {
  const { conversations, macroText, clock } = ports;

  serve(routes.write, async ({ params, headers, body, caller }) => {
    const key: ConversationKey = { tenant_id: caller.tenant_id, ...params };
    const conversation = await conversations.find(key);
    if (!conversation) return undefined;
    const { macro_id, client_id } = body;
    const text =
      macro_id === undefined ? (body.text ?? '') : await macroText(key.tenant_id, macro_id);
    if (text === undefined) return noMacro;
    const files = await filesOf(ports, conversation, body.file_ids);
    if ('type' in files) return files;
    const wanted: Decided = {
      message_id: `msg_${uuidv7({ msecs: clock.now() })}`,
      after: conversation.last_sequence,
      created_at: isoTime(clock.now()),
      text,
    };
    const keyed = keyOf(headers['Idempotency-Key'], client_id);
    const decided = keyed
      ? await decide(ports, {
          conversation,
          caller,
          keyed,
          form: [body.text, macro_id, ...body.file_ids],
          wanted,
        })
      : wanted;
    if (!decided) return keyReused;
    const name = body.name ?? (await nameOf(conversation, caller, conversations));
    const author = { id: caller.principal, ...(name !== undefined && { name }) };
    const message = {
      ...({ message_id: decided.message_id, role: 'person', text: decided.text, author } as const),
      created_at: decided.created_at,
      files,
      ...(client_id !== undefined && { client_id }),
    };
    const { message_id } = decided;
    const isRepeated =
      message_id !== wanted.message_id && (await conversations.messageById(key, message_id));
    if (!isRepeated) await takeOver(ports, conversation, author);
    const written = await write(ports, conversation, message, decided.after);
    return { status: isRepeated ? 200 : 201, body: succeeded(written) };
  });
}

/** How many messages are looked through for the one by which a person has taken over. */
const lookedThrough = 100;

/** The name under which a person has taken the conversation over that they have. */
async function nameOf(
  conversation: Conversation,
  { principal }: Caller,
  { latest }: Pick<ConversationLog, 'latest'>,
): Promise<string | undefined> {
  if (conversation.handling !== 'person' || conversation.assignee !== principal) return undefined;
  const newest = await latest(conversation, lookedThrough);
  return newest.findLast(({ event }) => event === 'taken_over')?.author.name;
}

/** The files that are sent, or why they cannot be. */
async function filesOf(
  { files }: PersonPorts,
  conversation: Conversation,
  ids: readonly string[],
): Promise<FileReference[] | Problem> {
  if (ids.length > 0 && conversation.channel !== 'webchat') return noFiles;
  const found = await Promise.all(ids.map((id) => files.find(conversation, id.toLowerCase())));
  const faults = found.flatMap((file, index) =>
    file?.uploaded_at ? [] : [{ pointer: `#/file_ids/${index}`, detail: noFile }],
  );
  return faults.length > 0
    ? invalid(faults)
    : found.flatMap((file) => (file ? referenceOf(file) : []));
}

/** A repeated message takes nothing over: the conversation may have been handed back meanwhile. */
async function takeOver(
  { conversations }: PersonPorts,
  conversation: Conversation,
  { id: by, name }: NewMessage['author'],
): Promise<void> {
  const change = {
    handling: 'person',
    by,
    ifFree: true,
    ...(name !== undefined && { name }),
  } as const;
  await conversations.setHandling(conversation, change);
}

async function write(
  { conversations, send, clock }: PersonPorts,
  conversation: Conversation,
  message: NewMessage & { created_at: string },
  after: number,
): Promise<Message> {
  const isSent = conversation.channel === 'whatsapp';
  if (isSent) await send(outbound(conversation, message, after));
  const delivery = { status: 'queued', updated_at: isoTime(clock.now()) } as const;
  const appended = await conversations.append(
    conversation,
    [{ ...message, ...(isSent && { delivery }) }],
    { after },
  );
  const [written] = appended.kind === 'appended' ? appended.messages : [];
  if (!written) throw new Error('What a person writes is not withheld.');
  return written;
}

const outbound = (
  { tenant_id, conversation_id, metadata }: Conversation,
  { message_id, text, author, created_at, client_id }: NewMessage & { created_at: string },
  after: number,
): OutboundMessage => ({
  kind: 'outbound',
  ...{ tenant_id, conversation_id, message_id, after, text, author, created_at, metadata },
  ...(client_id !== undefined && { client_id }),
});

interface Asked {
  conversation: Conversation;
  caller: Caller;
  /** The key, in the caller's words. */
  keyed: string;
  form: unknown;
  wanted: Decided;
}

/** What was decided first with the key; undefined where it stands for another message. */
async function decide(
  { keys, clock }: PersonPorts,
  { conversation, caller, keyed, form, wanted }: Asked,
): Promise<Decided | undefined> {
  const claim = await keys.acquire(caller.tenant_id, {
    key: JSON.stringify([conversation.conversation_id, caller.principal, keyed]),
    forms: [JSON.stringify(form)],
    wanted,
    expires_at: expiresAt(clock.now(), limits.idempotencyDays),
    // The log knows the message, and writes it once.
    find: async () => undefined,
  });
  return claim.kind === 'acquired' ? claim.kept : undefined;
}

/** A key and a client_id are apart: one may say what the other does. */
function keyOf(key: string | undefined, clientId: string | undefined): string | undefined {
  if (key !== undefined) return `key:${key}`;
  return clientId === undefined ? undefined : `client:${clientId}`;
}

const noFile = 'There is no such file in the conversation, or its upload is not complete.';

const noFiles = invalid([
  { pointer: '#/file_ids', detail: 'Files can be sent on a web page only: send their text here.' },
]);

const noMacro = invalid([{ pointer: '#/macro_id', detail: 'There is no such macro.' }]);
