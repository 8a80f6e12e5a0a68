import type { WebChatFeature } from '../features.ts';
import { limits } from '../limits.ts';
import type { ChatConfig } from '../routes.ts';
import { languageFor, primaryOf } from './languages.ts';
import { bare, pathOf } from './page.ts';

export interface Starter {
  text: string;
  language: string;
  pages: readonly string[];
}

export interface ShownTo {
  language: string | undefined;
  pageUrl: string | undefined;
  starters: readonly Starter[];
  streamingUrl: string;
}

/** How a company's chat looks and speaks to a visitor on a page. */
export function configOf(
  chat: WebChatFeature,
  { language: asked, pageUrl, starters, streamingUrl }: ShownTo,
): ChatConfig {
  const { name, languages, texts, colors, files, allowed_origins, identity } = chat;
  const language = languageFor(asked, languages);
  const said = Object.entries(texts[language] ?? {}).filter(([, text]) => text !== undefined);
  const { mime_types, max_bytes, max_count } = files;
  return {
    name,
    language,
    languages,
    texts: Object.fromEntries(said) as Record<string, string>,
    colors: { ...colors },
    starters: startersOn(starters, language, pathOf(pageUrl)),
    files: { mime_types, max_bytes, max_count },
    allowed_origins,
    identity_required: identity.required,
    max_message_chars: limits.messageChars,
    streaming_url: streamingUrl,
  };
}

function startersOn(
  starters: readonly Starter[],
  language: string,
  path: string | undefined,
): { text: string }[] {
  const isOffered = ({ language: its, pages }: Starter) =>
    primaryOf(its) === primaryOf(language) &&
    (pages.length === 0 || pages.some((page) => bare(page) === path));
  return starters
    .filter(isOffered)
    .slice(0, limits.startersShown)
    .map(({ text }) => ({ text }));
}
