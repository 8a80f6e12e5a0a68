import type TwilioClient from 'twilio/lib/base/BaseTwilio.js';
import type { RequestOpts } from 'twilio/lib/base/BaseTwilio.js';
import BaseTwilio from 'twilio/lib/base/BaseTwilio.js';
import domainModule from 'twilio/lib/base/Domain.js';
import type RequestClient from 'twilio/lib/base/RequestClient.js';
import versionModule from 'twilio/lib/base/Version.js';
import {
  type MessageListInstance,
  MessageListInstance as messageList,
} from 'twilio/lib/rest/api/v2010/account/message.js';
import {
  type TypingIndicatorListInstance,
  TypingIndicatorListInstance as typingIndicatorList,
} from 'twilio/lib/rest/messaging/v2/typingIndicator.js';

/**
 * Twilio's official client cut down to the resources that are used, on `fetch`: 46 KB instead of
 * 3.6 MB. Deep paths are not covered by its semantic versioning; a contract test compares the
 * requests with those of the whole client.
 */
export interface TwilioResources {
  messages: MessageListInstance;
  typingIndicator: TypingIndicatorListInstance;
}

export interface TwilioCredentials {
  accountSid: string;
  authToken: string;
}

export interface TwilioClientOptions {
  /** Origin of a server that speaks Twilio's API, in the place of api.twilio.com and messaging.twilio.com. */
  baseUrl?: string;
  timeoutMs: number;
}

/** Twilio's 429, with the Retry-After that its own error does not carry. */
export class TwilioBusy extends Error {
  override readonly name = 'TwilioBusy';
  readonly retryAfterSeconds: number | undefined;

  constructor(retryAfter: string | null) {
    super('Twilio answered 429.');
    const seconds = Number(retryAfter);
    this.retryAfterSeconds = retryAfter && Number.isFinite(seconds) ? seconds : undefined;
  }
}

export function twilioResources(
  credentials: TwilioCredentials,
  options: TwilioClientOptions,
): TwilioResources {
  const httpClient = { request: (request: RequestOpts) => send(request, options) };
  const client = new BaseTwilio.Client(credentials.accountSid, credentials.authToken, {
    httpClient: httpClient as unknown as RequestClient,
  });
  const version = (origin: string, name: string) =>
    new (classOf(versionModule))(
      new (classOf(domainModule))(client as TwilioClient.Client, origin),
      name,
    );
  return {
    messages: messageList(
      version('https://api.twilio.com', '2010-04-01') as never,
      credentials.accountSid,
    ),
    typingIndicator: typingIndicatorList(version('https://messaging.twilio.com', 'v2') as never),
  };
}

async function send(request: RequestOpts, options: TwilioClientOptions) {
  const url = new URL(String(request.uri));
  const target = options.baseUrl ? new URL(url.pathname, options.baseUrl) : url;
  target.search = request.params ? formOf(request.params).toString() : url.search;
  const credentials = Buffer.from(`${request.username}:${request.password}`).toString('base64');
  const response = await fetch(target, {
    method: String(request.method).toUpperCase(),
    headers: {
      ...(request.headers as Record<string, string>),
      Authorization: `Basic ${credentials}`,
    },
    signal: AbortSignal.timeout(options.timeoutMs),
    // Twilio's API never redirects: a message must not go where somebody on the way points.
    redirect: 'manual',
    ...(request.data && { body: formOf(request.data).toString() }),
  });
  if (response.status === 429) {
    await response.body?.cancel();
    throw new TwilioBusy(response.headers.get('retry-after'));
  }
  return {
    statusCode: response.status,
    body: await response.text(),
    headers: Object.fromEntries(response.headers),
  };
}

function formOf(fields: object | undefined): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) form.append(name, String(one));
    }
  }
  return form;
}

/** A CommonJS default export, which Node and bundlers wrap differently. */
function classOf<T>(imported: T): T {
  return (imported as { default?: T }).default ?? imported;
}
