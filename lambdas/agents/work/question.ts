import type { ConversationKey, FileReference, Message } from '../../conversations/conversation.ts';
import { limits } from '../limits.ts';
import type { ModelMessage, Picture, RunTurnPorts } from './ports.ts';

type FileBytes = NonNullable<RunTurnPorts['fileBytes']>;

/**
 * What the model reads: the newest messages up to the turn's last, oldest first, in `part` of the room that there is;
 * with the newest pictures of what it is to answer.
 */
export async function readByModel(
  key: ConversationKey,
  messages: readonly Message[],
  through: number,
  part: number,
  fileBytes: FileBytes | undefined,
): Promise<ModelMessage[]> {
  const spoken = messages.filter(
    ({ role, sequence, text, files }) =>
      role !== 'system' && sequence <= through && (text !== '' || files.length > 0),
  );
  const kept = newestWithin(spoken, limits.historyChars * part);
  const lastAnswer = kept.findLastIndex(({ role }) => role !== 'user');
  const open = kept.slice(lastAnswer + 1);
  const pictures = await picturesOf(key, open, fileBytes);
  return kept.map((message) => ({
    role: message.role === 'user' ? 'user' : 'assistant',
    text: textOf(message),
    pictures: message.files.flatMap(({ file_id }) => pictures.get(file_id) ?? []),
  }));
}

/**
 * Without the customer's messages that stayed unanswered before the newest one: a message that the model cannot take
 * would fail each turn that follows it.
 */
export function newestQuestion(messages: readonly Message[], through: number): Message[] {
  const spoken = messages.filter(({ role, sequence }) => role !== 'system' && sequence <= through);
  const lastAnswer = spoken.findLast(({ role }) => role !== 'user')?.sequence ?? 0;
  const newest = spoken.at(-1)?.sequence;
  return spoken.filter(({ sequence }) => sequence <= lastAnswer || sequence === newest);
}

/** At least the last message, however long. */
function newestWithin(messages: readonly Message[], chars: number): Message[] {
  let left = chars;
  const first = messages.findLastIndex(({ text }, n) => {
    left -= text.length;
    return left < 0 && n < messages.length - 1;
  });
  return messages.slice(first + 1);
}

/** A file that the model does not see is named to it. */
const textOf = ({ text, files }: Message): string =>
  [text, ...files.map(({ filename }) => `[${filename}]`)].filter((part) => part !== '').join('\n');

async function picturesOf(
  key: ConversationKey,
  open: readonly Message[],
  fileBytes: FileBytes | undefined,
): Promise<Map<string, Picture>> {
  const found = new Map<string, Picture>();
  if (!fileBytes) return found;
  let room: number = limits.pictureBytes;
  const newest = open
    .flatMap(({ files }) => files)
    .filter(isPicture)
    .slice(-limits.pictures);
  for (const { file_id, size } of newest.reverse()) {
    if (size > room) continue;
    const picture = await fileBytes(key, file_id);
    if (!picture || picture.bytes.length > room) continue;
    room -= picture.bytes.length;
    found.set(file_id, picture);
  }
  return found;
}

/** What vision models take. */
const isPicture = ({ mime_type }: FileReference): boolean =>
  /^image\/(png|jpeg|webp|gif)$/.test(mime_type);
