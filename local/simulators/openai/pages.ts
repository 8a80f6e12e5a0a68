import * as z from 'zod';
import { invalid } from './errors.ts';
import { parse } from './parse.ts';

const pageQuery = z.object({
  after: z.string().optional(),
  before: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
});

/** One page of a list; newest first unless `order=asc` is asked for, as in the real API. */
export function page<T extends { id: string }>(oldestFirst: T[], query: Record<string, string>) {
  const { after, before, limit, order } = parse(pageQuery, query);
  const all = order === 'asc' ? oldestFirst : oldestFirst.toReversed();
  const from = after === undefined ? 0 : placeOf(all, after, 'after') + 1;
  const to = before === undefined ? all.length : placeOf(all, before, 'before');
  const data = all.slice(from, Math.min(to, from + limit));
  return listOf(data, from + data.length < to);
}

export const listOf = <T extends { id: string }>(data: T[], hasMore = false) => ({
  object: 'list' as const,
  data,
  first_id: data[0]?.id ?? null,
  last_id: data.at(-1)?.id ?? null,
  has_more: hasMore,
});

function placeOf(all: { id: string }[], id: string, param: string): number {
  const place = all.findIndex((one) => one.id === id);
  if (place < 0) throw invalid(`Invalid '${param}': this list has no '${id}'.`, { param });
  return place;
}
