import * as z from 'zod/mini';
import { conversationId } from '../conversations/conversation.ts';
import { language } from '../conversations/text.ts';
import { displayName } from '../tenancy/tenant.ts';
import { limits } from './limits.ts';

/** What visitors and the pages around them send. */

const shortText = z.string().check(z.minLength(1), z.maxLength(256));

const pageUrl = z.string().check(
  z.maxLength(limits.urlChars),
  z.refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), {
    error: 'It is no address of a page, such as https://www.example.com/shoes.',
  }),
);

const isBounded = (value: unknown): boolean =>
  Buffer.byteLength(JSON.stringify(value) ?? '') <= limits.contextBytes;

const bounded = z.refine<unknown>(isBounded, {
  error: `It may have at most ${limits.contextBytes} bytes as JSON.`,
});

/** What a page says of itself; nothing of it is proven. */
const context = z.looseObject({ page_url: z.optional(pageUrl) }).check(bounded);

const visitor = z.union([
  z.strictObject({ token: z.string().check(z.minLength(1)) }),
  z.strictObject({
    user_id: shortText,
    user_hash: z.string().check(z.minLength(1), z.maxLength(256)),
    name: z.optional(displayName),
    email: z.optional(z.string().check(z.maxLength(254))),
  }),
]);

export const infoQuery = z.object({
  customer_id: z.optional(z.string().check(z.maxLength(256))),
  page_url: z.optional(pageUrl),
  language: z.optional(language),
});

export const initiateBody = z.strictObject({
  /** What the page calls its visitor; it is kept with the conversation, and proves nothing. */
  participant_id: z.optional(shortText),
  web_app_name: z.optional(shortText),
  location: z.optional(z.unknown().check(bounded)),
  language: z.optional(language),
  context: z.optional(context),
  visitor: z.optional(visitor),
});
export type InitiateRequest = z.output<typeof initiateBody>;

export const resumeBody = z
  .strictObject({
    conversation_id: z.optional(conversationId),
    token: z.optional(z.string().check(z.minLength(1), z.maxLength(limits.identityTokenChars))),
    visitor: z.optional(visitor),
    language: z.optional(language),
    context: z.optional(context),
  })
  .check(
    z.refine(({ token, visitor }) => !(token && visitor), {
      error: 'Send either token or visitor.',
      path: ['visitor'],
    }),
  );
export type ResumeRequest = z.output<typeof resumeBody>;

const clientId = z.string().check(z.minLength(1), z.maxLength(255));

export const messageBody = z
  .strictObject({
    conversation_id: conversationId,
    message: z.string().check(z.maxLength(limits.messageChars)),
    client_id: z.optional(clientId),
    file_ids: z._default(
      z.array(z.guid().check(z.toLowerCase())).check(
        z.maxLength(limits.filesOfMessage),
        z.refine((ids) => new Set(ids).size === ids.length, { error: 'It names a file twice.' }),
      ),
      [],
    ),
    context: z.optional(context),
  })
  .check(
    z.refine(({ message, file_ids }) => /\S/.test(message) || file_ids.length > 0, {
      error: 'It is empty, and there are no files.',
      path: ['message'],
    }),
  );
export type MessageRequest = z.output<typeof messageBody>;

export const faqQuery = z.object({
  language: z.optional(language),
  q: z.optional(z.string().check(z.maxLength(200))),
});
