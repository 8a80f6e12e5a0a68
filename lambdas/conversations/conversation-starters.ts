import * as z from 'zod/mini';
import { resource } from '../shared/http/resource.ts';
import { scopes, tag } from './scopes.ts';
import { text } from './text.ts';

/** A language by BCP 47, such as `de` or `pt-BR`. */
const language = z.string().check(
  z.regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, {
    error: 'It is no language such as de or pt-BR.',
  }),
);

/** Questions that a customer is offered where a conversation begins. */
export const conversationStarters = resource({
  name: 'conversation_starter',
  plural: 'conversation_starters',
  path: '/conversation-starters',
  tag,
  scopes,
  body: z.strictObject({
    text: text(200),
    language,
    /** The paths of the pages on which it is offered; on every page, where it names none. */
    pages: z._default(
      z.array(
        z
          .string()
          .check(
            z.startsWith('/', { error: 'It is no path such as /products.' }),
            z.maxLength(500),
          ),
      ),
      [],
    ),
  }),
  filters: ['language', 'pages'],
});
