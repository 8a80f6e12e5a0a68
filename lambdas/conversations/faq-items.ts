import * as z from 'zod/mini';
import { resource } from '../shared/http/resource.ts';
import { scopes, tag } from './scopes.ts';
import { language, text } from './text.ts';

/** `draft` is seen by the company alone, `published` by its visitors too. */
const faqStatuses = ['draft', 'published'] as const;

/** Questions that customers ask often, with the company's answers. */
export const faqItems = resource({
  name: 'faq_item',
  plural: 'faq_items',
  path: '/faq-items',
  tag,
  scopes,
  body: z.strictObject({
    question: text(500),
    answer: text(10_000),
    tags: z._default(z.array(text(50)).check(z.maxLength(20)), []),
    language,
    /** Where the answer comes from, such as the address of a page. */
    source: z.optional(text(2_000)),
    status: z._default(z.enum(faqStatuses), 'draft'),
  }),
  filters: ['status', 'language', 'tags', 'source'],
});
