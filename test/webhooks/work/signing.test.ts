import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { secretOf, signedHeaders, signingSecrets } from '../../../lambdas/webhooks/work/signing.ts';

const signingKey = 'k'.repeat(64);
const atMs = Date.parse('2026-11-21T10:00:00.900Z');

describe('a signature', () => {
  it('is the one of the published test vector', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      atMs: 1_614_265_330_000,
      body: '{"test": 2432232314}',
    };

    expect(signedHeaders(message, [secret])).toEqual({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is the one that the reference implementation makes', () => {
    const secret = secretOf(signingKey, 'acme', 1);
    const body = JSON.stringify({ text: 'Grüße, 世界' });

    const { 'webhook-signature': ours } = signedHeaders({ id: 'evt_1', atMs, body }, [secret]);

    expect(ours).toBe(new Webhook(secret).sign('evt_1', new Date(atMs), body));
  });

  it('is accepted by each of the secrets that sign, and refused by any other', () => {
    const body = '{"type":"webhook.test"}';
    const [current = '', before = ''] = signingSecrets(signingKey, 'acme', 3);
    const now = { id: 'evt_1', atMs: Date.now(), body };

    const headers = signedHeaders(now, [current, before]);

    expect(new Webhook(current).verify(body, headers)).toEqual(JSON.parse(body));
    expect(new Webhook(before).verify(body, headers)).toEqual(JSON.parse(body));
    const another = secretOf(signingKey, 'acme', 1);
    expect(() => new Webhook(another).verify(body, headers)).toThrow();
    expect(() => new Webhook(current).verify(`${body} `, headers)).toThrow();
  });
});

describe('a signing secret', () => {
  it('is 32 bytes, written as Standard Webhooks does', () => {
    const [, encoded = ''] =
      /^whsec_([A-Za-z0-9+/]{43}=)$/.exec(secretOf(signingKey, 'acme', 1)) ?? [];

    expect(Buffer.from(encoded, 'base64')).toHaveLength(32);
  });

  it('is the same each time, and another for each deployment, company and version', () => {
    const secrets = [
      secretOf(signingKey, 'acme', 1),
      secretOf(signingKey, 'acme', 2),
      secretOf(signingKey, 'acme2', 1),
      secretOf(signingKey, 'acm', 1),
      secretOf(signingKey, 'acme.1', 2),
      secretOf('another key', 'acme', 1),
    ];

    expect(new Set(secrets).size).toBe(secrets.length);
    expect(secretOf(signingKey, 'acme', 1)).toBe(secrets[0]);
  });

  it('signs alone as the first, and beside the one before it afterwards', () => {
    expect(signingSecrets(signingKey, 'acme', 1)).toEqual([secretOf(signingKey, 'acme', 1)]);
    expect(signingSecrets(signingKey, 'acme', 7)).toEqual([
      secretOf(signingKey, 'acme', 7),
      secretOf(signingKey, 'acme', 6),
    ]);
  });
});
