import { describe, expect, it } from 'vitest';
import { parseTwilioCredentials } from '../../../lambdas/vendors/twilio/credentials.ts';
import { accountSid, authToken, twilioSecret } from '../../support/webhook.ts';

const without = (name: string): string => {
  const { [name]: _left, ...rest } = JSON.parse(twilioSecret()) as Record<string, unknown>;
  return JSON.stringify(rest);
};

describe('the Twilio secret', () => {
  it('holds the account, the token and the number that sends by default', () => {
    expect(parseTwilioCredentials(twilioSecret())).toEqual({
      accountSid,
      authToken,
      phoneNumber: '+14155238886',
    });
  });

  it('may have no number, and fields of others', () => {
    const secret = JSON.stringify({ ...JSON.parse(without('twilio_phone_number')), more: 1 });

    expect(parseTwilioCredentials(secret)).toEqual({ accountSid, authToken });
  });

  it.each([
    ['is no JSON', 'AC-the-token-itself', /the JSON object/],
    ['is a list', '[]', /the JSON object/],
    ['lacks the account', without('twilio_account_sid'), /twilio_account_sid/],
    ['lacks the token', without('twilio_auth_token'), /twilio_auth_token/],
    ['lacks both', '{}', /twilio_account_sid, twilio_auth_token/],
  ])('is refused by name when it %s', (_, secret, names) => {
    expect(() => parseTwilioCredentials(secret)).toThrow(names);
  });

  it('never shows a value in its error', () => {
    const token = 'a-very-secret-token';
    const secrets = [
      token,
      JSON.stringify({ twilio_account_sid: 'AC1', twilio_auth_token: token }),
    ];

    for (const secret of secrets) {
      expect(() => parseTwilioCredentials(secret)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(token) }),
      );
    }
  });
});
