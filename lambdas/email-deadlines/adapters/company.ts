import { alertPerson } from '../../runtime/errors.ts';
import type { TenantDirectory } from '../../tenancy/adapters/tenant-directory.ts';
import { type EmailAnswers, features } from '../features.ts';

/** How a company's emails are answered; the defaults where it has configured nothing. */
export async function answersOf(tenants: TenantDirectory, tenantId: string): Promise<EmailAnswers> {
  const configured = await tenants.configuration(tenantId, 'email-answers');
  return features['email-answers'].parse(configured ?? {});
}

/** Where a mailbox is, and whether the company has named it itself. */
export interface MailboxPlace {
  url: string;
  isOwn: boolean;
}

/** The company's own mailbox, else the deployment's; undefined where there is none. */
export async function mailboxUrlOf(
  tenants: TenantDirectory,
  tenantId: string,
  which: 'emails_url' | 'respond_url',
  fallback: string | undefined,
): Promise<MailboxPlace | undefined> {
  const configured = await tenants.configuration(tenantId, 'mailbox');
  if (configured !== undefined) {
    return { url: features.mailbox.parse(configured)[which], isOwn: true };
  }
  return fallback ? { url: fallback, isOwn: false } : undefined;
}

/** The key for a company's mailbox; throws `alert` where there is none that may go there. */
export type MailboxKeys = (tenantId: string, place: Pick<MailboxPlace, 'isOwn'>) => string;

/**
 * The mailbox keys' secret: the key of the deployment's mailbox, or a JSON object of keys by company. A
 * company may name any URL as its mailbox, so that the deployment's key never goes to one that it has named.
 */
export function parseMailboxKeys(stored: string): MailboxKeys {
  const text = stored.trim();
  if (!text.startsWith('{')) {
    return (tenantId, { isOwn }) => {
      if (!isOwn) return text;
      throw missingKey(tenantId);
    };
  }
  const byTenant = keysIn(text);
  return (tenantId) => {
    const key = Object.hasOwn(byTenant, tenantId) ? byTenant[tenantId] : undefined;
    if (typeof key === 'string' && key !== '') return key;
    throw missingKey(tenantId);
  };
}

const missingKey = (tenantId: string) =>
  alertPerson(
    'mailbox_missing',
    `The secret of the mailbox keys has none for ${tenantId}: fill it with keys by company (npm run secrets).`,
  );

function keysIn(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    // The parser's own message would quote the secret.
    throw new Error('it begins like a JSON object of keys by company, but is none');
  }
}
