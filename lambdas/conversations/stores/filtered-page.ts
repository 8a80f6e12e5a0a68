import { cursorAt, type Expression, joined, type Range } from '../../shared/store/expression.ts';
import type { ItemStore, Page } from '../../shared/store/item-store.ts';

export interface Wanted {
  limit: number;
  /** The `next` of the page before. */
  after?: string | undefined;
  filter?: Expression | undefined;
  /** False for an index, which follows its table. */
  consistent?: boolean;
}

/** A page ends after so many items, though fewer of them were wanted. */
const maxLookedAt = 1_000;
const manyAtOnce = 100;

/** A page of a range, the newest first; it may have fewer than its limit, and a next one all the same. */
export async function filteredPage<T extends object>(
  items: ItemStore<T>,
  range: Range,
  { limit, after, filter, consistent = true }: Wanted,
): Promise<Page<T>> {
  const found: T[] = [];
  const atOnce = filter ? manyAtOnce : limit;
  let from = after;
  for (let lookedAt = 0; lookedAt < maxLookedAt; lookedAt += atOnce) {
    const page = await items.page(range, {
      limit: atOnce,
      after: from,
      newestFirst: true,
      consistent,
      ...(filter && { filter }),
    });
    const room = limit - found.length;
    found.push(...page.items.slice(0, room));
    from = page.next;
    if (page.items.length > room) {
      const last = found.at(-1);
      return { items: found, next: last && cursorAt(range, last) };
    }
    if (from === undefined || found.length === limit) break;
  }
  return { items: found, next: from };
}

/** All of the conditions that there are. */
export const allOf = (conditions: readonly (Expression | false)[]): Expression | undefined => {
  const wanted = conditions.filter((one) => one !== false);
  return wanted.length > 0 ? joined('AND', wanted) : undefined;
};
