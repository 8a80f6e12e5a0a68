import { alertPerson } from '../../runtime/errors.ts';
import type { TenantDirectory } from '../../tenancy/adapters/tenant-directory.ts';
import { type EmailAnswers, features } from '../features.ts';

/** How a company's emails are answered; the defaults where it has configured nothing. */
export async function answersOf(tenants: TenantDirectory, tenantId: string): Promise<EmailAnswers> {
  const configured = await tenants.configuration(tenantId, 'email-answers');
  return features['email-answers'].parse(configured ?? {});
}

/** The company's own mailbox, else the deployment's; undefined where there is none. */
export async function mailboxUrlOf(
  tenants: TenantDirectory,
  tenantId: string,
  which: 'emails_url' | 'respond_url',
  fallback: string | undefined,
): Promise<string | undefined> {
  const configured = await tenants.configuration(tenantId, 'mailbox');
  return configured === undefined ? fallback : features.mailbox.parse(configured)[which];
}

/** The mailbox keys' secret: one key for all, or a JSON object of them by company. */
export function parseMailboxKeys(stored: string): (tenantId: string) => string {
  const text = stored.trim();
  if (!text.startsWith('{')) return () => text;
  const byTenant = keysIn(text);
  return (tenantId) => {
    const key = Object.hasOwn(byTenant, tenantId) ? byTenant[tenantId] : undefined;
    if (typeof key === 'string' && key !== '') return key;
    throw alertPerson(
      'mailbox_missing',
      `The secret of the mailbox keys has none for ${tenantId}: npm run secrets.`,
    );
  };
}

function keysIn(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    // The parser's own message would quote the secret.
    throw new Error('it begins like a JSON object of keys by company, but is none');
  }
}
