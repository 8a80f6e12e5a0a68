import { alertPerson, EngineError } from '../../shared/errors.ts';
import { withUrlsAsCalled } from '../../shared/public-url.ts';
import type { TenantDirectory } from '../../tenancy/stores/tenant-directory.ts';
import { type EmailAnswers, features, loopbackFeatures } from '../features.ts';

/** How a company's emails are answered; the defaults where it has configured nothing. */
export async function answersOf(tenants: TenantDirectory, tenantId: string): Promise<EmailAnswers> {
  const configured = await tenants.configuration(tenantId, 'email-answers');
  return readable(tenantId, 'email-answers', features['email-answers'].safeParse(configured ?? {}));
}

/** What another version has stored may be none of ours: then a person must set it anew. */
function readable<T>(
  tenantId: string,
  feature: string,
  result: { success: boolean; data?: T | undefined },
): T {
  if (result.success) return result.data as T;
  throw alertPerson(
    'configuration_malformed',
    `The feature "${feature}" of ${tenantId} is not as this version reads it: set it anew.`,
  );
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
    // What may be set, and what is called, is decided by the stage; here it is only read.
    const stored = loopbackFeatures.mailbox.safeParse(withUrlsAsCalled(configured));
    const own = readable(tenantId, 'mailbox', stored);
    return { url: own[which], isOwn: true };
  }
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
    const answers = await answersOf(tenants, tenantId);
    const place = await mailboxUrlOf(tenants, tenantId, 'respond_url', respondUrl);
    return place ? { answers, place } : { answers, fault: mailboxMissing(tenantId, 'respond_url') };
  } catch (error) {
    if (!(error instanceof EngineError) || error.next !== 'alert') throw error;
    return { answers: features['email-answers'].parse({}), fault: error };
  }
}
