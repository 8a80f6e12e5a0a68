import { plainAnswer } from '../../shared/model-text.ts';

/** A response, or anything else that holds items as the Responses API writes them. */
export interface AnswerItems {
  output?: readonly { type?: string }[] | null;
}

interface MessageItem {
  phase?: string | null;
  content?: string | readonly ContentPart[] | null;
}

interface ContentPart {
  type: string;
  text?: string;
}

/**
 * The text of a response's final answer, '' where there is none: of messages that say their phase the last
 * final answer, else all but commentary, as paragraphs, equal ones once. Read from the items, because not
 * every server sends `output_text`; each by `read`, by default without reasoning and citation markers.
 */
export function answerText({ output }: AnswerItems, read = plainAnswer): string {
  const messages = (output ?? []).filter(({ type }) => type === 'message') as MessageItem[];
  const isFinal = ({ phase }: MessageItem) => phase === 'final_answer';
  const textsOf = (some: MessageItem[]) => [
    ...new Set(some.map((message) => read(messageText(message))).filter((text) => text !== '')),
  ];
  return messages.some(isFinal)
    ? (textsOf(messages.filter(isFinal)).at(-1) ?? '')
    : textsOf(messages.filter(({ phase }) => phase !== 'commentary')).join('\n\n');
}

function messageText({ content }: MessageItem): string {
  if (typeof content === 'string') return content;
  const parts = (content ?? []).filter(({ type }) => type === 'output_text' || type === 'text');
  return joinedParts(parts.map(({ text }) => text ?? ''));
}

/** The parts of one message, equal sentences once, with a space between two that would run together. */
const joinedParts = (parts: readonly string[]): string =>
  parts
    .filter((part, index) => part !== parts[index - 1] || !endsSentence.test(part))
    .reduce((text, part) => text + between(text, part) + part, '');

const endsSentence = /[.!?…:。！？][)"'”’]*$/;

function between(text: string, part: string): string {
  if (/\s$/.test(text) || /^[\s\p{Pe}\p{Pf}.,;:!?…'"。，、；：！？]/u.test(part)) return '';
  if (endsSentence.test(text)) return '\n\n';
  return /[\p{L}\p{N}]$/u.test(text) && /^[\p{L}\p{N}]/u.test(part) ? ' ' : '';
}
