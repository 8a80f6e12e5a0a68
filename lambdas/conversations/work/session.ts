import * as z from 'zod/mini';

/** What is known of a customer in the course of a visit. */
export const sessionSchema = z.object({
  session_id: z.guid(),
  context: z.record(z.string(), z.unknown()),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
});
export type Session = z.output<typeof sessionSchema>;
