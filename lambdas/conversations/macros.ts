import * as z from 'zod/mini';
import { resource } from '../shared/http/resource.ts';
import { displayName } from '../tenancy/tenant.ts';
import { scopes, tag } from './scopes.ts';

/** Texts that a company's people send again and again. */
export const macros = resource({
  name: 'macro',
  plural: 'macros',
  path: '/macros',
  tag,
  scopes,
  body: z.strictObject({
    title: displayName,
    text: z.string().check(z.minLength(1), z.maxLength(10_000)),
    tags: z._default(z.array(z.string().check(z.minLength(1), z.maxLength(50))), []),
  }),
  filters: ['tags'],
});
