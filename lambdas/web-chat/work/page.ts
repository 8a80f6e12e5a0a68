/** Where a chat is shown, as its browser says. */
export interface ShownOn {
  /** The header `Origin`, which browsers set themselves. */
  origin: string | undefined;
  /** The page around the chat, as the widget tells it. */
  pageUrl: string | undefined;
}

/**
 * Whether a company allows its chat there: the request comes from one of its own pages, or from our widget that stands
 * in one. Origins are compared whole, as browsers write them.
 */
export function isAllowedOn(
  { origin, pageUrl }: ShownOn,
  allowed: readonly string[],
  widgetOrigin: string | undefined,
): boolean {
  if (origin === undefined) return false;
  if (allowed.includes(origin)) return true;
  return origin === widgetOrigin && allowed.includes(originOf(pageUrl) ?? '');
}

export const originOf = (url: string | undefined): string | undefined =>
  url !== undefined && URL.canParse(url) ? new URL(url).origin : undefined;

/** The path of a page as companies write it: without a slash at its end. */
export function pathOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  return bare(new URL(url).pathname);
}

export const bare = (path: string): string => path.replace(/(?<=.)\/+$/, '');
