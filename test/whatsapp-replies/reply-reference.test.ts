import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeReference,
  encodeReference,
} from '../../lambdas/whatsapp-replies/reply-reference.ts';

const anyText = fc.string({ unit: 'binary' });
const anyReference = fc.record({
  company_id: anyText,
  conversation_id: anyText,
  message_key: anyText,
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
});

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
