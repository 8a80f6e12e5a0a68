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
  // 【4:0†source】, 〖13†L1-L9〗
  / ?[【〖][^【】〖〗\n]{0,200}†[^【】〖〗\n]{0,200}[】〗]/g,
  // [4:0†source]; a number is demanded, because people write daggers between brackets too.
  / ?\\?\[\d{1,9}(?::\d{1,9})?†[^[\]\n]{0,200}\]/g,
  // The same between characters of Unicode's private use, and as plain letters where those got lost.
  / ?\ue200[^\ue200\ue201]{0,300}\ue201/g,
  / ?\b(?:file)?cite(?:turn\d{1,4}[a-z]{1,20}\d{1,4})+\b/g,
  / ?:contentReference\[oaicite:\d{1,9}\](?:\{index=\d{1,9}\})?/g,
];

/** The text without the markers that stand for a vendor's sources. */
const withoutCitations = (text: string): string =>
  citations.reduce((rest, marker) => rest.replace(marker, ''), text);

// What reasoning models, and the servers that run them, put around reasoning.
const names = 'think|thinking|thoughts?|reasoning|reflection|scratchpad';
const reasoningTag = new RegExp(
  `<\\s*(/?)\\s*(?:[a-z]{1,20}:)?(?:${names})\\s*>|\\[(/?)think\\]|◁(/?)think▷|<\\|(begin|end)_of_thought\\|>`,
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
      isEnd: [1, 2, 3].some((group) => groups[group] === '/') || /^end$/i.test(groups[4] ?? ''),
    }))
    .filter(({ at, after }) => !(text[at - 1] === '`' && text[after] === '`'));
}

/** Whether the text holds a tag that begins or ends a model's reasoning. */
export const hasReasoning = (text: string): boolean => tagsOf(text).length > 0;

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
  const leaked = /^\s*analysis\S[\s\S]*?assistantfinal(?=\S)/.exec(text);
  if (leaked) return text.slice(leaked[0].length);
  if (!/<\|channel\|?>/.test(text)) return text;
  const final = text.split(/<\|channel\|>final(?:<\|[a-z]+\|>[a-z ]*)?<\|message\|>/).slice(1);
  return (final.at(-1) ?? '').replace(/<\|(?:end|return|start|call)\|>[\s\S]*$/, '');
}

/** Some models put the answer itself between tags too. */
const unwrapped = (text: string): string =>
  /^<(answer|final_answer)>([\s\S]*?)(?:<\/\1>)?$/i.exec(text)?.[2]?.trim() ?? text;

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
