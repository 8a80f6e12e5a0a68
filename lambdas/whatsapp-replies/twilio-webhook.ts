import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { problemResponse } from '../shared/http/problem.ts';
import type { Log, Meter } from '../shared/log.ts';
import type { CachedSecret } from '../vendors/aws/secrets.ts';
import type { StoredTwilioCredentials } from '../vendors/twilio/credentials.ts';
import { fieldsOf, isSignedByTwilio } from '../vendors/twilio/signature.ts';
import { limits } from './limits.ts';

export interface SignedWebhook {
  credentials: CachedSecret<StoredTwilioCredentials>;
  publicBaseUrl: string;
  log: Log;
  meter: Meter;
}

/** A form's fields as Twilio sent them; repeated ones as lists. */
export type TwilioFields = Record<string, string | string[]>;

export const bounded = (): MiddlewareHandler =>
  bodyLimit({
    maxSize: limits.webhookBodyBytes,
    onError: (c) =>
      problemResponse(c, {
        type: 'body-too-large',
        title: 'The body is too large',
        status: 413,
        detail: `A webhook's body may have at most ${limits.webhookBodyBytes} bytes.`,
      }),
  });

/** The form of a webhook that Twilio signed, or the problem to answer. */
export async function signedForm(
  c: Context,
  webhook: SignedWebhook,
): Promise<TwilioFields | Response> {
  const contentType = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (contentType !== 'application/x-www-form-urlencoded') {
    return problemResponse(c, {
      type: 'unsupported-media-type',
      title: 'Unsupported media type',
      status: 415,
      detail: 'Twilio posts application/x-www-form-urlencoded.',
    });
  }
  const form = new URLSearchParams(await c.req.text());
  const signature = c.req.header('x-twilio-signature') ?? '';
  if (signature && (await isGenuine(c, form, signature, webhook))) return fieldsOf(form);
  webhook.meter.count('SignatureRejected');
  webhook.log.warn('A webhook without a valid signature was refused.', {
    path: c.req.path,
    signature: signature ? 'wrong' : 'missing',
  });
  return problemResponse(c, {
    type: 'signature-invalid',
    title: 'The signature is not valid',
    status: 403,
    detail:
      'X-Twilio-Signature is missing or does not fit. The auth token and PUBLIC_BASE_URL must be ' +
      'those of the account and the URL that Twilio calls.',
  });
}

/** A MessageSid names a message to SQS, which bounds it; addresses are parts of keys. */
const wellFormed: Record<string, RegExp> = {
  MessageSid: /^[!-~]{0,128}$/,
  From: /^.{0,256}$/,
  To: /^.{0,256}$/,
};

/** The problem to answer when a field cannot be Twilio's own; it would fail each time that it came again. */
export function malformedFields(c: Context, fields: Record<string, string>): Response | undefined {
  const names = Object.entries(fields).flatMap(([name, text]) =>
    wellFormed[name]?.test(text) === false ? name : [],
  );
  if (names.length === 0) return undefined;
  return problemResponse(c, {
    type: 'fields-malformed',
    title: 'Fields are malformed',
    status: 400,
    detail: `Too long, or with characters that Twilio does not use: ${names.join(', ')}.`,
  });
}

/** A mismatch may mean that the auth token was rotated: it is fetched again once. */
async function isGenuine(
  c: Context,
  form: URLSearchParams,
  signature: string,
  { credentials, publicBaseUrl }: SignedWebhook,
): Promise<boolean> {
  const { pathname, search } = new URL(c.req.url);
  const request = { publicBaseUrl, pathAndQuery: pathname + search, form };
  const isSigned = async () =>
    isSignedByTwilio((await credentials.get()).authToken, signature, request);
  if (await isSigned()) return true;
  await credentials.refresh();
  return isSigned();
}
