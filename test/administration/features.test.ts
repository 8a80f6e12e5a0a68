import { describe, expect, it } from 'vitest';
import { schemaOf } from '../../lambdas/administration/features.ts';

const valuesOf = {
  webhooks: (url: string) => ({ url }),
  mailbox: (url: string) => ({ emails_url: url, respond_url: url }),
};

describe.each(['webhooks', 'mailbox'] as const)('a URL of the feature %s', (feature) => {
  const takes = (url: string, loopback: boolean) =>
    schemaOf(feature, loopback)?.safeParse(valuesOf[feature](url)).success;

  it.each([
    'https://hooks.example.com/acme?key=1',
    'https://hooks.example.com:8443/',
    'HTTPS://Hooks.Example.com',
    'https://hooks.example.com:443/a%20b?c=%09#d',
    'https://haken.münchen.example/größe',
    'https://xn--mnchen-3ya.example/',
    'https://hooks.example.com./',
  ])('may be %s', (url) => {
    expect([takes(url, false), takes(url, true)]).toEqual([true, true]);
  });

  it.each(['http://127.0.0.1:4000/hooks', 'http://localhost:4000/', 'http://[::1]:4000/'])(
    'may be %s only where the product runs on the same machine',
    (url) => {
      expect([takes(url, false), takes(url, true)]).toEqual([false, true]);
    },
  );

  it.each([
    'http://hooks.example.com/',
    'http://127.0.0.2/',
    'http://10.0.0.1/',
    'http://localhost.example.com/',
    'http://user:password@localhost/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://10.0.0.1/',
    'https://intranet/',
    'https://db.internal/',
    'https://user:password@hooks.example.com/',
    'ftp://hooks.example.com/',
    `https://hooks.example.com/${'x'.repeat(2_000)}`,
    'hooks.example.com',
    'https://hooks.exam\tple.com/',
    'https://hooks.example.com\t/',
    'https://hooks.example.com/a\nb',
    'https://hooks.example.com/\r',
    'ht\ttps://hooks.example.com/',
    ' https://hooks.example.com/',
    'https://hooks.example.com/ ',
    'https://hooks.example.com/a b',
    'https://hooks.example.com/\u0000',
    'https://hooks.exam\u200bple.com/',
    'https://hooks.exam\u00adple.com/',
    'https://hooks.example.com/\u202egpj',
    'https:\\\\hooks.example.com\\',
    'https://hooks.example.com\\@elsewhere.example/',
    'https:hooks.example.com/',
    'https:///hooks.example.com/',
    'https://hooks.ex%61mple.com/',
    'https://hooks。example。com/',
    'https://ｈooks.example.com/',
    'https://0x7f.1/',
    'https://2130706433/',
    'http://local\thost/',
    'http://127.1/',
    'http:localhost:4000/',
  ])('is never %j', (url) => {
    expect([takes(url, false), takes(url, true)]).toEqual([false, false]);
  });
});
