import * as z from 'zod/mini';
import { alertPerson } from '../../shared/errors.ts';
import type { MailboxPlace } from '../stores/company.ts';

/** The key for a company's mailbox; throws `alert` where there is none that may go there. */
export type MailboxKeys = (tenantId: string, place: Pick<MailboxPlace, 'isOwn'>) => string;

/** The key of the deployment's own mailbox among keys by company: no company can be called so. */
const deploymentsOwn = '*';

/**
 * The mailbox keys' secret: the key of the deployment's mailbox, or a JSON object of keys by company, in which
 * that one is under `*`. A company may name any URL as its mailbox, so that the deployment's key never goes to
 * one that it has named.
 */
export function parseMailboxKeys(stored: string): MailboxKeys {
  const keys = keysIn(stored);
  return (tenantId, { isOwn }) => {
    const key = keyOf(keys, tenantId) ?? (isOwn ? undefined : keyOf(keys, deploymentsOwn));
    if (key !== undefined) return key;
    throw alertPerson(
      'mailbox_missing',
      `The secret of the mailbox keys has none for ${tenantId}: fill it in (npm run secrets -- --company ${tenantId}).`,
    );
  };
}

/**
 * What to store so that one key is another and all others stay: a company's, or the deployment's where none is
 * named. Throws where what is stored is malformed.
 */
export function withMailboxKey(
  stored: string | undefined,
  company: string | undefined,
  key: string,
): string {
  const keys = stored === undefined ? {} : keysIn(stored);
  const changed = { ...keys, [company ?? deploymentsOwn]: key };
  const isPlain = company === undefined && Object.keys(changed).length === 1;
  return isPlain ? key : JSON.stringify(changed);
}

/** Whether it is a JSON object of keys by company. */
export function areKeysByCompany(text: string): boolean {
  try {
    return z.record(z.string(), z.string().check(z.minLength(1))).safeParse(JSON.parse(text))
      .success;
  } catch {
    return false;
  }
}

function keyOf(keys: Record<string, unknown>, name: string): string | undefined {
  const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
  return typeof key === 'string' && key !== '' ? key : undefined;
}

function keysIn(stored: string): Record<string, unknown> {
  const text = stored.trim();
  if (!text.startsWith('{')) return { [deploymentsOwn]: text };
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // The parser's own message would quote the secret.
    throw new Error('it begins like a JSON object of keys by company, but is not one');
  }
}
