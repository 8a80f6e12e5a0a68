import * as z from 'zod/mini';

/** What a status callback must bring back to find its message: whose it is and its key. */
const referenceSchema = z.object({
  company_id: z.string(),
  conversation_id: z.string(),
  message_key: z.string(),
});
export type ReplyReference = z.output<typeof referenceSchema>;

/** The query parameter of the status callback's URL that carries it. */
export const referenceParameter = 'reply';

/** As base64url, so that no gateway on the way re-encodes a character that Twilio has signed. */
export const encodeReference = ({
  company_id,
  conversation_id,
  message_key,
}: ReplyReference): string =>
  Buffer.from(JSON.stringify({ company_id, conversation_id, message_key })).toString('base64url');

export function decodeReference(text: string): ReplyReference | undefined {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return referenceSchema.safeParse(decoded).data;
  } catch {
    return undefined;
  }
}
