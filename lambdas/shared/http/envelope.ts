import * as z from 'zod/mini';
import { pageOf } from './page.ts';

/** An answer in the platform's form. */
export const succeeded = <Data>(data: Data) => ({ success: true as const, data });

/** A page in the platform's form. */
export const succeededPage = <Item>(data: Item[], next: string | undefined) => ({
  success: true as const,
  data,
  next_cursor: next ?? null,
});

/** The schema of an answer in the platform's form. */
export const enveloped = <Data extends z.ZodMiniType>(data: Data) =>
  z.object({ success: z.literal(true), data });

/** The schema of a page in the platform's form. */
export const envelopedPage = <Item extends z.ZodMiniType>(item: Item) =>
  pageOf({ success: z.literal(true), data: z.array(item) });
