import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeReference,
  encodeReference,
} from '../../../lambdas/whatsapp-replies/work/delivery.ts';

const anyReference = fc.record({
  company_id: fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/),
  conversation_id: fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 256 }),
  message_key: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
});

describe('a reply reference', () => {
  it('comes back as it was', () => {
    fc.assert(
      fc.property(anyReference, (reference) => {
        expect(decodeReference(encodeReference(reference))).toEqual(reference);
      }),
    );
  });

  it('holds only characters that no gateway re-encodes', () => {
    fc.assert(
      fc.property(anyReference, (reference) => {
        expect(encodeReference(reference)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  it('carries nothing else of what it is made from', () => {
    const turn = { company_id: 'a', conversation_id: 'c', message_key: 'm', customer: '+49151' };

    const decoded = decodeReference(encodeReference(turn));

    expect(decoded).toEqual({ company_id: 'a', conversation_id: 'c', message_key: 'm' });
  });

  it('is undefined for anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json().map(base64url)), (text) => {
        expect(decodeReference(text)).toBeUndefined();
      }),
    );
  });

  it.each([
    '',
    'null',
    '[]',
    '{"company_id":"a"}',
    '{"company_id":1,"conversation_id":"c","message_key":"m"}',
  ])('is undefined for %j', (json) => {
    expect(decodeReference(base64url(json))).toBeUndefined();
  });

  it('is as long as the ids that a queue message may have, and no longer', () => {
    const longest = {
      company_id: 'a'.repeat(64),
      conversation_id: 'c'.repeat(256),
      message_key: `2026-11-21T10:00:02.000Z#${'S'.repeat(256)}.10`,
    };

    expect(decodeReference(encodeReference(longest))).toEqual(longest);
    for (const [name, value] of Object.entries(longest)) {
      const longer = { ...longest, [name]: value.padEnd(301, 'x') };
      expect(decodeReference(encodeReference(longer))).toBeUndefined();
      expect(decodeReference(encodeReference({ ...longest, [name]: '' }))).toBeUndefined();
    }
  });
});

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
