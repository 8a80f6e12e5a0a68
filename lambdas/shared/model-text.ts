/**
 * What a model wrote, as a reader is meant to see it: without its reasoning, the vendor's citation markers
 * and a fence around the whole of it that says it is text.
 */
export const plainAnswer = (text: string): string =>
  withoutCitations(unfenced(withoutReasoning(text))).trim();

/** The content of an answer that is wholly within a fence of Markdown or plain text; any other as it is. */
function unfenced(text: string): string {
  const [first = '', ...lines] = text.split('\n');
  const fence =
    /^(`{3,}|~{3,})[ \t]*(?:markdown|md|mdx|gfm|text|txt|plaintext|plain|whatsapp)[ \t]*$/i.exec(
      first,
    )?.[1];
  if (!fence) return text;
  let isInner = false;
  const end = lines.findIndex((line) => {
    if (!line.startsWith(fence)) return false;
    const isEnd = !isInner && line.trim() === fence;
    isInner = !isInner && !isEnd;
    return isEnd;
  });
  if (end === -1) return lines.join('\n');
  return lines.slice(end + 1).every((line) => line.trim() === '')
    ? lines.slice(0, end).join('\n')
    : text;
}

const citations = [
  // 【4:0†source】, 〖13†L1-L9〗; a file's name may have such brackets too.
  String.raw`[【〖〔［][^【】〖〗〔〕［］\n]{0,200}†(?:[^【】〖〗〔〕［］\n]|[【〖〔［][^【】〖〗〔〕［］\n]{0,200}[】〗〕］]){0,200}[】〗〕］]`,
  // [4:0†source]; a number is demanded, because people write daggers between brackets too.
  String.raw`\\?\[\d{1,9}(?::\d{1,9})?†(?:[^[\]\n]|\[[^[\]\n]{0,200}\]){0,200}\](?:\([^()\s]{0,300}\))?`,
  // The same between characters of Unicode's private use, and as plain letters where those got lost.
  String.raw`\ue200[^\ue200\ue201]{0,300}\ue201`,
  String.raw`(?:file)?cite(?:turn\d{1,4}[a-z]{1,20}\d{1,4})+`,
  String.raw`[【[]turn\d{1,4}[a-z]{1,20}\d{1,4}[\]】]`,
  String.raw`(?::contentReference)?\[oaicite:\d{1,9}\](?:\{index=\d{1,9}\})?`,
].join('|');
const citation = new RegExp(` ?(?:\\(\\s?(?:(?:${citations})[\\s,;]{0,3})+\\)|${citations})`, 'g');

/** The text without the markers that stand for a vendor's sources, and without brackets around nothing else. */
const withoutCitations = (text: string): string => text.replace(citation, '');

// What reasoning models, and the servers that run them, put around reasoning.
const names =
  '(?:ant)?think(?:ing)?|thoughts?|reasoning(?:_content)?|reflection|analysis|scratchpad|inner_?(?:monologue|thoughts?)';
const reasoningTag = new RegExp(
  `<\\s*(/?)\\s*(?:[a-z]{1,20}:)?(?:${names})(?:\\s[^<>\\n]{0,100})?>|\\[(/?)think\\]|◁(/?)think▷|` +
    '<\\|(?:begin|start|(end))_(?:of_)?(?:thought|thinking)\\|>|<\\|(/?)think(?:ing)?\\|>',
  'gi',
);

interface Tag {
  at: number;
  after: number;
  isEnd: boolean;
}

/** The tags that begin or end reasoning, but not those that an answer quotes as code. */
function tagsOf(text: string): Tag[] {
  return [...text.matchAll(reasoningTag)]
    .map(({ 0: tag, index, ...groups }) => ({
      at: index,
      after: index + tag.length,
      isEnd: [1, 2, 3, 4, 5].some((group) => Boolean(groups[group])),
    }))
    .filter(({ at, after }) => !(text[at - 1] === '`' && text[after] === '`'));
}

/** Whether the text holds a tag that begins or ends a model's reasoning. */
export const hasReasoning = (text: string): boolean => tagsOf(text).length > 0;

/** Where reasoning begins that has not ended, as far as the text goes; its length where there is none. */
export function openReasoningAt(text: string): number {
  let open: number | undefined;
  for (const { at, isEnd } of tagsOf(text)) open = isEnd ? undefined : (open ?? at);
  return open ?? text.length;
}

/**
 * The text without a model's reasoning: what stands between two tags, before an end without a beginning and
 * behind a beginning without an end.
 */
export function withoutReasoning(text: string): string {
  const source = ofFinalChannel(text);
  let kept = '';
  let from = 0;
  let open: Tag | undefined;
  for (const tag of tagsOf(source)) {
    if (tag.isEnd) {
      kept = open ? kept + source.slice(from, open.at) : '';
      open = undefined;
      from = tag.after;
    } else {
      open ??= tag;
    }
  }
  // In the middle of a line a beginning without an end is a word that the answer speaks of.
  const cutsOff = open && /(?:^|\n)[ \t]*$/.test(source.slice(0, open.at));
  return unwrapped((kept + source.slice(from, cutsOff ? open?.at : undefined)).trim());
}

/** Of a text in OpenAI's open format with channels: what is meant for the reader. */
function ofFinalChannel(text: string): string {
  const leaked = /^\s*(?:(?:analysis|commentary)[\s\S]*?)?assistantfinal(?=\s*\S)/.exec(text);
  if (leaked) return text.slice(leaked[0].length);
  if (!/<\|channel\|?>/.test(text)) return text;
  const final = text.split(/<\|channel\|>final(?:<\|[a-z]+\|>[a-z ]*)?<\|message\|>/).slice(1);
  return (final.at(-1) ?? '').replace(/<\|(?:end|return|start|call)\|>[\s\S]*$/, '');
}

// What stands around a text in a model's own format, where a server leaves it.
const token = '(?:<\\|\\w{2,30}\\|>|</s>|<end_of_turn>)\\s{0,9}';
const tokensAround = new RegExp(`^(?:${token}){1,9}|(?:${token}){1,9}$`, 'g');

/** Some models put the answer itself between tags too. */
function unwrapped(text: string): string {
  const bare = text.replace(tokensAround, '').trim();
  const tagged = /^<(answer|final|final_answer|response|reply|output)>([\s\S]*?)(?:<\/\1>)?$/i.exec(
    bare,
  );
  return tagged?.[2]?.trim() ?? bare;
}

/** An answer in JSON as JSON alone: without reasoning before it and a code fence around it. */
export function jsonText(text: string): string {
  if (isJson(text)) return text;
  const answer = withoutReasoning(text);
  const fenced = /^```[a-z]*[ \t]*\n([\s\S]*?)\n?[ \t]*```$/i.exec(answer);
  return fenced?.[1] ?? answer;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
