import { randomBytes } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { paths } from '../lambdas/whatsapp-replies/routes.ts';
import type { LocalSettings } from './settings.ts';

/**
 * A command that posts a customer's message as Twilio does: signed for the public URL, sent to this machine. Each call
 * returns a new message.
 */
export function signedCurl(settings: LocalSettings, localUrl: string): string {
  const { accountSid, authToken, phoneNumber } = settings.twilio;
  const fields: Record<string, string> = {
    AccountSid: accountSid,
    Body: 'Where is my order?',
    From: 'whatsapp:+15551230002',
    MessageSid: `SM${randomBytes(16).toString('hex')}`,
    To: `whatsapp:${phoneNumber}`,
  };
  const url = settings.publicBaseUrl + paths.inbound;
  const signature = getExpectedTwilioSignature(authToken, url, fields);
  const data = Object.entries(fields).map(
    ([name, value]) => `  --data-urlencode '${name}=${value}'`,
  );
  const local = `${localUrl}${paths.inbound}`;
  return [`  curl ${local}`, `  -H 'X-Twilio-Signature: ${signature}'`, ...data].join(' \\\n  ');
}
