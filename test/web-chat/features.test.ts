import { describe, expect, it } from 'vitest';
import { schemaOf } from '../../lambdas/administration/features.ts';

const takes = (value: object) => schemaOf('webchat', false)?.safeParse(value).success;

describe('the origins on which a chat may be', () => {
  it.each([
    'https://www.acme.example',
    'https://acme.example:8443',
    'https://xn--mnchen-3ya.example',
    'http://localhost:5173',
    'http://127.0.0.1',
    'http://[::1]:3000',
  ])('may be %s', (origin) => {
    expect(takes({ allowed_origins: [origin] })).toBe(true);
  });

  it.each([
    'https://www.acme.example/',
    'https://www.acme.example/shop',
    'https://www.acme.example?a=1',
    'https://www.acme.example:443',
    'https://WWW.acme.example',
    'https://münchen.example',
    'http://www.acme.example',
    'https://*.acme.example',
    '*',
    'null',
    '',
    'acme.example',
    'file:///a',
    'javascript:alert(1)',
    'https://user:password@acme.example',
    `https://${'a'.repeat(300)}.example`,
  ])('may not be %s, as no browser writes it or anybody could send it', (origin) => {
    expect(takes({ allowed_origins: [origin] })).toBe(false);
  });

  it('are at least one', () => {
    expect([takes({}), takes({ allowed_origins: [] })]).toEqual([false, false]);
  });
});

describe('how a chat looks and speaks', () => {
  const allowed_origins = ['https://www.acme.example'];
  it.each([
    [{ colors: { accent: 'red' } }],
    [{ colors: { accent: '#fff' } }],
    [{ colors: { accent: '#ffffff;}' } }],
    [{ name: 'a\nb' }],
    [{ texts: { de: { greeting: 'Hallo' } } }],
    [{ languages: [] }],
    [{ languages: ['german'] }],
    [{ texts: { en: { greeting: ' ' } } }],
    [{ texts: { en: { unknown: 'x' } } }],
    [{ texts: { __proto__x: { greeting: 'x' } } }],
    [{ files: { mime_types: ['text/html'] } }],
    [{ files: { mime_types: ['image/svg+xml'] } }],
    [{ files: { max_bytes: 20_000_001 } }],
    [{ limits: { messages_per_minute: 0 } }],
    [{ identity: { version: 0 } }],
    [{ agent: 'a/b' }],
    [{ unknown: 1 }],
  ])('is not %j', (value) => {
    expect(takes({ allowed_origins, ...value })).toBe(false);
  });

  it('has a default for all but where it may be', () => {
    expect(schemaOf('webchat', false)?.parse({ allowed_origins })).toMatchObject({
      enabled: true,
      languages: ['en'],
      identity: { required: false, version: 1 },
    });
  });
});
