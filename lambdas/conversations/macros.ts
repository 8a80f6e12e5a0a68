import * as z from 'zod/mini';
import { resource } from '../shared/http/resource.ts';
import { displayName } from '../tenancy/tenant.ts';
import { scopes, tag } from './scopes.ts';
import { text } from './text.ts';

/** Texts that a company's people send again and again. */
export const macros = resource({
  name: 'macro',
  plural: 'macros',
  path: '/macros',
  tag,
  scopes,
  body: z.strictObject({
    title: displayName,
    text: text(10_000),
    tags: z._default(z.array(text(50)), []),
  }),
  filters: ['tags'],
});
