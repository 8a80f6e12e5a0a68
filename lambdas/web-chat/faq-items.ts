import * as z from 'zod/mini';
import { resource } from '../shared/http/resource.ts';
import { language } from './features.ts';

const text = (maxChars: number) =>
  z.string().check(z.regex(/\S/, { error: 'It is empty.' }), z.maxLength(maxChars));

export const faqStatuses = ['published', 'draft'] as const;

/** Questions that visitors ask again and again, with the company's answers; a draft is shown to nobody. */
export const faqItems = resource({
  name: 'faq_item',
  plural: 'faq_items',
  path: '/faq-items',
  tag: 'Conversations',
  scopes: { read: 'conversations:read', write: 'conversations:write' },
  body: z.strictObject({
    question: text(500),
    answer: text(10_000),
    language,
    tags: z._default(z.array(text(50)).check(z.maxLength(20)), []),
    /** Where the answer comes from, such as a page of the company. */
    source: z.optional(text(2_000)),
    status: z._default(z.enum(faqStatuses), 'published'),
  }),
  filters: ['language', 'tags', 'status'],
});
