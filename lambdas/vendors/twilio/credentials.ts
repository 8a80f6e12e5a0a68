import * as z from 'zod/mini';
import type { TwilioCredentials } from './client.ts';

const stored = z.object({
  twilio_account_sid: z.string().check(z.regex(/^AC[0-9a-fA-F]{32}$/)),
  twilio_auth_token: z.string().check(z.minLength(1)),
  twilio_phone_number: z.optional(z.string()),
});

export interface StoredTwilioCredentials extends TwilioCredentials {
  /** The number that sends where a message does not say to which of ours it was written. */
  phoneNumber?: string;
}

/** Reads the credentials' secret; its error names what is wrong, never a value. */
export function parseTwilioCredentials(secret: string): StoredTwilioCredentials {
  const result = z.safeParse(stored, jsonOf(secret));
  if (!result.success) {
    const names = result.error.issues.map((issue) => issue.path.join('.') || 'the JSON object');
    throw new Error(`missing or malformed are ${names.join(', ')}.`);
  }
  const { twilio_account_sid, twilio_auth_token, twilio_phone_number } = result.data;
  return {
    accountSid: twilio_account_sid,
    authToken: twilio_auth_token,
    ...(twilio_phone_number && { phoneNumber: twilio_phone_number }),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
