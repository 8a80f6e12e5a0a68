import * as z from 'zod/mini';
import { resource } from '../shared/http/resource.ts';
import { scopes, tag } from './scopes.ts';
import { language, text } from './text.ts';

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
