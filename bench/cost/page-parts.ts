import type { Counted } from './counted.ts';
import type { Deployed } from './deployed.ts';
import type { PriceList } from './prices.ts';

/** What the page is made of. */
export interface Findings {
  deployed: Deployed;
  prices: PriceList;
  counted: Counted;
}

/** A table of Markdown. */
export const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings, headings.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

/** Dollars, to so many places; what is less than the last of them is said to be so. */
export function usd(dollars: number, places = 4): string {
  const least = 10 ** -places;
  const isLess = dollars > 0 && dollars < least / 2;
  return isLess ? `< $${least.toFixed(places)}` : `$${dollars.toFixed(places)}`;
}

/** A count for each, short enough for a table. */
export const line = (each: number): string => (each >= 100 ? each.toFixed(0) : each.toFixed(2));
