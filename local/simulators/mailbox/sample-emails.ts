import type { MailboxEmail } from './email.ts';

const questions = [
  ['Order 1042 has not arrived', 'The tracking page has not changed since Thursday. Where is it?'],
  ['Charged twice on invoice 7311', 'My bank shows the amount twice. Please return one payment.'],
  ['I cannot sign in', 'The page rejects my password since this morning. Is my account locked?'],
  ['Return of a jacket', 'It is a size too small. Can I exchange it, and who pays for shipping?'],
  ['Cancel my subscription', 'Please confirm the date, and that I pay nothing after it.'],
] as const;

const testMode = { count: 20, firstDueSeconds: 15, stepSeconds: 0.5 };
const liveMode = { count: 50, firstDueSeconds: 3, stepSeconds: 0.1 };

/**
 * Emails of a mailbox that was not loaded with any: few with much time in test mode, else many with
 * little time. Every third one follows up on the one before it.
 */
export function sampleEmails(idPrefix: string, isTest: boolean): MailboxEmail[] {
  const { count, firstDueSeconds, stepSeconds } = isTest ? testMode : liveMode;
  return Array.from({ length: count }, (_, index) => {
    const isFollowUp = index % 3 === 2;
    const [subject, body] = questions[(index - Number(isFollowUp)) % questions.length] ?? ['', ''];
    return {
      email_id: `${idPrefix}${index + 1}`,
      subject: isFollowUp ? `Re: ${subject}` : subject,
      body,
      deadline: firstDueSeconds + index * stepSeconds,
      dependencies: isFollowUp ? `${idPrefix}${index}` : [],
    };
  });
}
