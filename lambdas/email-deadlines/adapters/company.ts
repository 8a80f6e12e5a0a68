import { alertPerson, type EngineError } from '../../runtime/errors.ts';
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
  which: keyof typeof settingOf,
  fallback: string | undefined,
): Promise<MailboxPlace | undefined> {
  const configured = await tenants.configuration(tenantId, 'mailbox');
  if (configured !== undefined) {
    return { url: features.mailbox.parse(configured)[which], isOwn: true };
  }
  return fallback ? { url: fallback, isOwn: false } : undefined;
}

const settingOf = { emails_url: 'EMAILS_URL', respond_url: 'RESPOND_URL' } as const;

export const mailboxMissing = (tenantId: string, which: keyof typeof settingOf): EngineError =>
  alertPerson(
    'mailbox_missing',
    `No mailbox is configured for ${tenantId}: set ${settingOf[which]}, or its feature "mailbox".`,
  );
