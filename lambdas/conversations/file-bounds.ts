import * as z from 'zod/mini';

/** Types of files that a conversation may have: none that a browser would run. */
export const fileTypes = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'application/pdf',
  'text/plain',
] as const;
export type FileType = (typeof fileTypes)[number];

const count = (least: number, most: number, usual: number, what: string) =>
  z._default(z.int().check(z.gte(least), z.lte(most)), usual).check(z.describe(what));

/** Which files a company takes in its conversations. */
export const fileBounds = z.strictObject({
  mime_types: z
    ._default(z.array(z.enum(fileTypes)), ['image/png', 'image/jpeg', 'image/gif', 'image/webp'])
    .check(z.describe('The types of files that a visitor may send; none with an empty list')),
  max_bytes: count(1_000, 20_000_000, 5_000_000, 'Bytes of one file'),
  max_count: count(1, 10, 4, 'Files of one message'),
  max_per_conversation: count(
    1,
    500,
    50,
    'Files of one conversation, those included whose upload was never completed',
  ),
});
export type FileBounds = z.output<typeof fileBounds>;
