import fc from 'fast-check';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { connectionOverrides } from '../../../lambdas/vendors/twilio/connection-overrides.ts';
import { fieldsOf, isSignedByTwilio } from '../../../lambdas/vendors/twilio/signature.ts';
import { authToken, formOf, publicBaseUrl } from '../../support/webhook.ts';

const pathAndQuery = '/webhooks/twilio/whatsapp?tenant=acme';
const url = publicBaseUrl + pathAndQuery;

const check = (signature: string, form: URLSearchParams, base = publicBaseUrl): boolean =>
  isSignedByTwilio(authToken, signature, { publicBaseUrl: base, pathAndQuery, form });

const anyForm = fc.dictionary(
  fc.string({ unit: 'grapheme' }),
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { minLength: 2, maxLength: 4 })),
);

describe('a signature of Twilio', () => {
  it('fits any form that Twilio’s library signed', () => {
    fc.assert(
      fc.property(anyForm, (fields) => {
        const signature = getExpectedTwilioSignature(authToken, url, fields);

        expect(check(signature, new URLSearchParams(formOf(fields)))).toBe(true);
      }),
    );
  });

  it('fits where Twilio signed the URL with the overrides that are pasted with it, and with no others', () => {
    const form = new URLSearchParams({ Body: 'Hello' });
    const signed = (fragment: string) =>
      getExpectedTwilioSignature(authToken, url + fragment, { Body: 'Hello' });

    expect(check(signed(connectionOverrides), form)).toBe(true);
    expect(check(signed('#rc=9'), form)).toBe(false);
  });

  it('fits no form to which a field was added', () => {
    fc.assert(
      fc.property(anyForm, fc.string({ minLength: 1 }), (fields, more) => {
        const signature = getExpectedTwilioSignature(authToken, url, fields);
        const form = new URLSearchParams(formOf(fields));
        form.append('Added', more);

        expect(check(signature, form)).toBe(false);
      }),
    );
  });

  it('is never any text', () => {
    const form = new URLSearchParams({ Body: 'Hello' });

    fc.assert(fc.property(fc.string(), (text) => !check(text, form)));
  });

  it('fits with and without the port of its protocol', () => {
    const signature = getExpectedTwilioSignature(authToken, url.replace('example', 'example:443'), {
      Body: 'Hello',
    });

    expect(check(signature, new URLSearchParams({ Body: 'Hello' }))).toBe(true);
  });

  it('fits whatever slashes end the configured base', () => {
    const signature = getExpectedTwilioSignature(authToken, url, {});

    const bases = [publicBaseUrl, `${publicBaseUrl}/`, `${publicBaseUrl}//`];

    for (const base of bases) expect(check(signature, new URLSearchParams(), base)).toBe(true);
  });
});

describe('the fields of a form', () => {
  it('are texts, and lists where they come several times', () => {
    expect({ ...fieldsOf(new URLSearchParams('a=1&b=2&a=3&c=')) }).toEqual({
      a: ['1', '3'],
      b: '2',
      c: '',
    });
  });

  it('inherit nothing', () => {
    const fields = fieldsOf(new URLSearchParams('__proto__=x'));

    expect(Object.keys(fields)).toEqual(['__proto__']);
    expect(fields['toString']).toBeUndefined();
  });
});
