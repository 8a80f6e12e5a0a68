import { alertPerson, EngineError } from '../../shared/errors.ts';
import type { TenantDirectory } from '../../tenancy/stores/tenant-directory.ts';
import { type EmailAnswers, emailAnswersOf, mailboxOf } from '../features.ts';

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
  const own = await mailboxOf.read(tenants, tenantId);
  if (own) return { url: own[which], isOwn: true };
  return fallback ? { url: fallback, isOwn: false } : undefined;
}

const settingOf = { emails_url: 'EMAILS_URL', respond_url: 'RESPOND_URL' } as const;

export const mailboxMissing = (tenantId: string, which: keyof typeof settingOf): EngineError =>
  alertPerson(
    'mailbox_missing',
    `No mailbox is configured for ${tenantId}: set ${settingOf[which]}, or its feature "mailbox".`,
  );

/** What is agreed with a company for its replies. */
export interface Terms {
  answers: EmailAnswers;
  place?: MailboxPlace;
  /** Why no reply can be written or posted before a person has changed something. */
  fault?: EngineError;
}

export async function termsOf(
  tenants: TenantDirectory,
  tenantId: string,
  respondUrl: string | undefined,
): Promise<Terms> {
  try {
    const answers = await emailAnswersOf.read(tenants, tenantId);
    const place = await mailboxUrlOf(tenants, tenantId, 'respond_url', respondUrl);
    return place ? { answers, place } : { answers, fault: mailboxMissing(tenantId, 'respond_url') };
  } catch (error) {
    if (!(error instanceof EngineError) || error.next !== 'alert') throw error;
    return { answers: emailAnswersOf.parse(undefined, tenantId), fault: error };
  }
}
