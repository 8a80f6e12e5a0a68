import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { TwilioFields } from '../../lambdas/whatsapp-replies/twilio-webhook.ts';

export const accountSid = `AC${'5'.repeat(32)}`;
export const authToken = 'the-auth-token';
export const publicBaseUrl = 'https://replies.example';
export const customerAddress = 'whatsapp:+4915112345678';
export const businessAddress = 'whatsapp:+14155238886';

/** The credentials' secret, as it is stored. */
export const twilioSecret = (token = authToken): string =>
  JSON.stringify({
    twilio_account_sid: accountSid,
    twilio_auth_token: token,
    twilio_phone_number: '+14155238886',
  });

export const aSid = (name: string): string =>
  `SM${Buffer.from(name).toString('hex').padEnd(32, '0').slice(0, 32)}`;

/** The fields of an inbound WhatsApp message; `undefined` leaves one out. */
export function messageFields(
  fields: Record<string, string | string[] | undefined> = {},
): TwilioFields {
  const all = {
    MessageSid: aSid('first'),
    AccountSid: accountSid,
    From: customerAddress,
    To: businessAddress,
    Body: 'Where is my order?',
    NumMedia: '0',
    ...fields,
  };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

export interface Signing {
  /** The public base that Twilio was given; the request itself always goes to an inner host. */
  baseUrl?: string;
  token?: string;
  /** In the place of the right signature; `null` sends none. */
  signature?: string | null;
  contentType?: string;
  /** What is sent in the place of the form that was signed. */
  body?: string;
}

export function formOf(fields: TwilioFields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) form.append(name, one);
  }
  return form.toString();
}

/** A form post to `path` as Twilio makes it, signed by Twilio's own library. */
export function signedRequest(path: string, fields: TwilioFields, signing: Signing = {}): Request {
  return new Request(`https://inner.execute-api.example${path}`, {
    method: 'POST',
    headers: headersOf(path, fields, signing),
    body: signing.body ?? formOf(fields),
  });
}

function headersOf(path: string, fields: TwilioFields, signing: Signing): Record<string, string> {
  const { baseUrl = publicBaseUrl, token = authToken, contentType } = signing;
  const signature =
    signing.signature === undefined
      ? getExpectedTwilioSignature(token, baseUrl + path, fields)
      : signing.signature;
  return {
    'content-type': contentType ?? 'application/x-www-form-urlencoded; charset=utf-8',
    ...(signature !== null && { 'x-twilio-signature': signature }),
  };
}

/** The same post as API Gateway hands it to a Lambda: payload 2.0 with a base64 body. */
export function gatewayEvent(
  path: string,
  fields: TwilioFields,
  signing: Signing = {},
): APIGatewayProxyEventV2 {
  const [rawPath = '', rawQueryString = ''] = path.split('?');
  const domainName = 'inner.execute-api.example';
  return {
    version: '2.0',
    routeKey: `POST ${rawPath}`,
    rawPath,
    rawQueryString,
    headers: { host: domainName, ...headersOf(path, fields, signing) },
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName,
      domainPrefix: 'inner',
      http: {
        method: 'POST',
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.7',
        userAgent: 'TwilioProxy/1.1',
      },
      requestId: 'request-1',
      routeKey: `POST ${rawPath}`,
      stage: '$default',
      time: '21/Nov/2026:10:00:00 +0000',
      timeEpoch: Date.UTC(2026, 10, 21, 10),
    },
    body: Buffer.from(signing.body ?? formOf(fields)).toString('base64'),
    isBase64Encoded: true,
  };
}
