/** What the loader on the company's page and the app in the iframe tell each other, each to the other's exact origin. */

export type Theme = 'light' | 'dark';

/** Who the visitor is, as the company's own server says: a signed token, or an id with its HMAC. */
export type Identity =
  | { token: string }
  | { user_id: string; user_hash: string; name?: string; email?: string };

export interface PageFacts {
  url: string;
  title: string;
  theme: Theme;
  /** The chat covers the whole window. */
  full: boolean;
}

/** From the page. The first is `hello`: it tells the app the page's origin. */
export type ToApp = { replies: 1 } & (
  | { type: 'hello' | 'page'; page: PageFacts }
  | { type: 'shown'; open: boolean }
  | { type: 'identify'; identity: Identity | null }
);

/** From the app. */
export type ToPage = { replies: 1 } & (
  | { type: 'state'; unread: number; begun: boolean }
  | { type: 'look'; color: string; ink: string; open: string; close: string }
  | { type: 'close' }
  /** There is no chat here, for this reason. */
  | { type: 'refused'; why: string }
);
