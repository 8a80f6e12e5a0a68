import { createHash } from 'node:crypto';
import type { Identity } from './identity.ts';

/** Who chats: a visitor whom nobody has named, or one whom the company's own server has. */
export interface Participant {
  participant_id: string;
  /** As the company names him. */
  external_id: string | null;
  name: string | null;
  email: string | null;
}

const [anonymousPrefix, namedPrefix] = ['anon_', 'user_'];

/** A visitor whom nobody has named; `id` is unguessable. */
export const anonymous = (id: string): Participant => ({
  participant_id: anonymousPrefix + id,
  external_id: null,
  name: null,
  email: null,
});

/** A visitor whom the company has named; the same on each of his devices. */
export const named = (tenantId: string, { user_id, name, email }: Identity): Participant => ({
  participant_id: namedPrefix + digestOf(`${tenantId}\n${user_id}`),
  external_id: user_id,
  name: name ?? null,
  email: email ?? null,
});

export const isNamed = (participantId: string): boolean => participantId.startsWith(namedPrefix);

const digestOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 40);
