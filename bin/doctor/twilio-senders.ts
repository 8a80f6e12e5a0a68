import * as z from 'zod/mini';
import type { TwilioCredentials } from '../../lambdas/vendors/twilio/client.ts';
import { connectionOverrides } from '../../lambdas/vendors/twilio/connection-overrides.ts';
import { fix, ok, reached, warn } from './check.ts';

const sender = z.object({
  sender_id: z.string(),
  status: z.optional(z.nullable(z.string())),
  webhook: z.optional(
    z.nullable(
      z.object({
        callback_url: z.optional(z.nullable(z.string())),
        callback_method: z.optional(z.nullable(z.string())),
        fallback_url: z.optional(z.nullable(z.string())),
        fallback_method: z.optional(z.nullable(z.string())),
      }),
    ),
  ),
});
type Sender = z.output<typeof sender>;

const page = z.object({
  senders: z.array(sender),
  meta: z.optional(z.object({ next_page_url: z.optional(z.nullable(z.string())) })),
});

export type Senders =
  | { kind: 'told'; senders: Sender[] }
  | { kind: 'refused' }
  | { kind: 'unavailable'; status: number };

/** The account's WhatsApp senders with their webhooks, by Twilio's Senders API; the sandbox is not among them. */
export async function sendersOf(
  { accountSid, authToken }: TwilioCredentials,
  baseUrl: string,
  signal: AbortSignal,
): Promise<Senders> {
  const authorization = basic(accountSid, authToken);
  const senders: Sender[] = [];
  let url: URL | undefined = new URL('/v2/Channels/Senders?Channel=whatsapp&PageSize=100', baseUrl);
  while (url) {
    const response: Response = await reached(url, { headers: { authorization }, signal });
    if (response.status === 401 || response.status === 403) return { kind: 'refused' };
    if (!response.ok) return { kind: 'unavailable', status: response.status };
    const { senders: some, meta } = page.parse(await response.json());
    senders.push(...some);
    const next: string | null | undefined = meta?.next_page_url;
    // Wherever it points: the credentials go to one server only.
    const { pathname, search } = new URL(next ?? baseUrl, baseUrl);
    url = next ? new URL(pathname + search, baseUrl) : undefined;
  }
  return { kind: 'told', senders };
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Of a server that speaks Twilio's API without senders, as the simulated one: whether it takes the credentials. */
export async function messagesOf(
  { accountSid, authToken }: TwilioCredentials,
  baseUrl: string,
  signal: AbortSignal,
) {
  const url = new URL(`/2010-04-01/Accounts/${accountSid}/Messages.json?PageSize=1`, baseUrl);
  const headers = { authorization: basic(accountSid, authToken) };
  const response = await reached(url, { headers, signal });
  await response.body?.cancel();
  if (response.ok) return ok(`${url.host} takes the credentials; it has no list of senders.`);
  return fix(`${url.host} answers ${response.status} where messages are listed: see its own log.`);
}

/** Twilio's number for everybody's sandbox. */
const sandbox = 'whatsapp:+14155238886';

/** Whether what customers write to this number comes here. */
export function checkSender(number: string, senders: readonly Sender[], ours: string) {
  const found = senders.find(({ sender_id }) => sender_id === number);
  const paste = `paste ${ours} into Twilio's console as its webhook for incoming messages (POST).`;
  if (!found && number === sandbox) {
    return warn(`${number} is the sandbox, whose settings no API tells: compare them, or ${paste}`);
  }
  if (!found) {
    return fix(`Twilio's account of the secret has no sender ${number}: is it another account's?`);
  }
  const { callback_url: url, callback_method: method, ...fallback } = found.webhook ?? {};
  if (!url) return fix(`${number} has no webhook: ${paste}`);
  const [place, overrides] = url.split('#');
  if (place !== ours) return fix(`${number} sends to ${url}: ${paste}`);
  if (method && method !== 'POST') return fix(`${number} sends by ${method}: ${paste}`);
  const { status } = found;
  if (status && status !== 'ONLINE')
    return warn(`${number} sends here, but is ${status} at Twilio.`);
  const twice = `paste ${ours}${connectionOverrides} into Twilio's console, both as its webhook and as its fallback URL (POST).`;
  if (fallback.fallback_url?.split('#')[0] !== ours) {
    return warn(`${number} has no fallback URL here, and a failed webhook is lost: ${twice}`);
  }
  if (fallback.fallback_method && fallback.fallback_method !== 'POST') {
    return warn(`the fallback URL of ${number} is called by ${fallback.fallback_method}: ${twice}`);
  }
  if (!overrides?.includes('rc=')) {
    return warn(`${number} tries a webhook that fails only once: ${twice}`);
  }
  return ok(`${number} sends to ${ours}, and once more to its fallback URL.`);
}
