import type { ToApp, ToPage } from '../protocol.ts';

/**
 * The page that shows this frame. Its origin is what its first message came from; until `accept` has said that this
 * origin may show the chat, nothing is told and nothing else is taken. Messages go to that exact origin.
 */
export function hostPage(
  take: (message: ToApp) => void,
  hello: (origin: string, first: ToApp) => void,
) {
  let origin: string | undefined;
  let accepted = false;
  const waiting: ToApp[] = [];
  addEventListener('message', ({ source, origin: from, data }: MessageEvent<ToApp>) => {
    if (source !== window.parent || source === window || data?.replies !== 1) return;
    if (origin === undefined && data.type === 'hello' && isOf(from, data.page.url)) {
      origin = from;
      hello(from, data);
    } else if (from === origin) {
      if (accepted) take(data);
      else waiting.push(data);
    }
  });
  const tell = (message: ToPage) => {
    if (origin !== undefined) window.parent.postMessage(message, origin);
  };
  return {
    accept(): void {
      accepted = true;
      for (const message of waiting.splice(0)) take(message);
    },
    tell,
  };
}
export type HostPage = ReturnType<typeof hostPage>;

/** A page says its own address, and no other. */
const isOf = (origin: string, url: string): boolean =>
  URL.canParse(url) && new URL(url).origin === origin;

/** Whether a page of this origin may show the chat: the origins are compared whole, as browsers write them. */
export const isAllowed = (origin: string, allowed: readonly string[]): boolean =>
  origin !== 'null' && allowed.includes(origin);
