import type { Conversation, ConversationKey } from './conversation.ts';
import type { HandoverFeature } from './features.ts';
import type { ConversationLog, HandlingChange } from './ports.ts';

/** Whether a customer asks for a person: by one of the company's words, however it is written. */
export function asksForPerson(text: string, { keywords }: Pick<HandoverFeature, 'keywords'>) {
  const said = ` ${plain(text)} `;
  return keywords.map(plain).some((keyword) => {
    if (keyword === '') return false;
    return said.includes(withoutSpaces.test(keyword) ? keyword : ` ${keyword} `);
  });
}

/** Scripts whose words no space separates. */
const withoutSpaces =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Marks that people leave out as they type: accents, and the points of Hebrew and Arabic. */
const omitted = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]/g;

/** A text in small letters, without what is not heard: its words, each behind one space. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(omitted, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(omitted, '')
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim();

/**
 * Whether a conversation that no agent answers is to be an agent's again with the customer's next message: nobody has
 * written for as long as the company says.
 */
export const returnsToAgent = (
  { handling, last_activity_at }: Pick<Conversation, 'handling' | 'last_activity_at'>,
  { return_after_minutes: minutes }: Pick<HandoverFeature, 'return_after_minutes'>,
  nowMs: number,
): boolean =>
  handling !== 'automatic' &&
  minutes !== undefined &&
  nowMs - Date.parse(last_activity_at) >= minutes * 60_000;

/**
 * Lets a customer wait for a person, and tells them so once, however often it is called. A conversation that a person
 * has already stays theirs, and nothing is said. Undefined where there is no such conversation.
 */
export async function requestPerson(
  log: Pick<ConversationLog, 'setHandling' | 'latest' | 'append'>,
  key: ConversationKey,
  by: Omit<HandlingChange, 'handling' | 'ifFree'>,
  { text }: Pick<HandoverFeature, 'text'>,
): Promise<Conversation | undefined> {
  const waiting = await log.setHandling(key, { ...by, handling: 'waiting' });
  if (waiting?.handling !== 'waiting') return waiting;
  const newest = await log.latest(key, lookedThrough);
  const request = newest.findLast(({ event }) => event === 'person_requested');
  if (!request) return waiting;
  const said = {
    message_id: `${request.message_id}:said`,
    role: 'assistant',
    text,
    author: { id: 'agent:handover' },
  } as const;
  const appended = await log.append(key, [said], { after: request.sequence });
  return appended.kind === 'appended' ? appended.conversation : waiting;
}

/** A customer who waits may write meanwhile; after more than this, nothing more is said. */
const lookedThrough = 50;
