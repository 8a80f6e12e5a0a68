import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { tokenVerifier } from '../../../lambdas/vendors/oidc/tokens.ts';
import { virtualClock } from '../../support/clock.ts';
import {
  anIdentityProvider,
  audience,
  type IdentityProvider,
} from '../../support/identity-provider.ts';

const clock = virtualClock();

const verifierOf = (
  provider: IdentityProvider,
  parts: { algorithm?: string; tenantClaim?: string } = {},
  fetcher?: (url: string) => Promise<Response>,
) =>
  tokenVerifier(
    {
      issuer: provider.issuer,
      audience,
      algorithm: 'RS256',
      tenantClaim: 'tenant_id',
      roleClaim: 'role',
      ...parts,
    },
    clock,
    fetcher,
  );

const seconds = (offset = 0) => Math.floor(clock.now() / 1000) + offset;

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The claims of a right token under another header, with a signature made by somebody else. */
function forged(token: string, header: object, sign: (input: string) => string): string {
  const input = `${part(header)}.${token.split('.')[1]}`;
  return `${input}.${sign(input)}`;
}

describe('a token of the identity provider', () => {
  it('says who calls, for which company and in which role', async () => {
    const provider = await anIdentityProvider(clock.now);

    const identity = await verifierOf(provider)(await provider.token());

    expect(identity).toEqual({
      subject: 'person-1',
      tenant_id: 'acme',
      roles: ['TenantAdmin'],
      valid_until: seconds(3_600),
    });
  });

  it('may have one audience of several, or Cognito’s client id in its place', async () => {
    const provider = await anIdentityProvider(clock.now);
    const verify = verifierOf(provider);

    expect(await verify(await provider.token({ aud: ['other', audience] }))).toBeDefined();
    expect(
      await verify(await provider.token({ client_id: audience }, { without: ['aud'] })),
    ).toBeDefined();
  });

  it('may say several roles, and what is no text is none', async () => {
    const provider = await anIdentityProvider(clock.now);

    const identity = await verifierOf(provider)(
      await provider.token({ role: ['staff', 7, 'OperationUser'] }),
    );

    expect(identity?.roles).toEqual(['staff', 'OperationUser']);
  });

  it('may say the company by another claim', async () => {
    const provider = await anIdentityProvider(clock.now);
    const verify = verifierOf(provider, { tenantClaim: 'custom:tenant_id' });

    const identity = await verify(await provider.token({ 'custom:tenant_id': 'globex' }));

    expect(identity?.tenant_id).toBe('globex');
  });

  it('has keys that are fetched once for many', async () => {
    const provider = await anIdentityProvider(clock.now);
    const verify = verifierOf(provider);

    await verify(await provider.token());
    await verify(await provider.token({ sub: 'person-2' }));

    expect(provider.fetches()).toBe(1);
  });
});

describe('an attack by a token', () => {
  const attacks: Record<string, (provider: IdentityProvider) => Promise<string> | string> = {
    'with no signature (alg none)': async (provider) =>
      forged(await provider.token(), { alg: 'none', kid: 'key-1' }, () => ''),
    'signed by the public key as a shared secret (HS256)': async (provider) =>
      forged(await provider.token(), { alg: 'HS256', kid: 'key-1' }, (input) =>
        createHmac('sha256', provider.publicKeyPem).update(input).digest('base64url'),
      ),
    'of another issuer': (provider) => provider.token({ iss: 'https://evil.example' }),
    'for another audience': (provider) => provider.token({ aud: 'somebody-else' }),
    'for no audience': (provider) => provider.token({}, { without: ['aud'] }),
    'with another client id beside a foreign audience': (provider) =>
      provider.token({ aud: 'somebody-else', client_id: audience }),
    'that has expired': (provider) => provider.token({ exp: seconds(-60) }),
    'that never expires': (provider) => provider.token({}, { without: ['exp'] }),
    'that is not valid yet': (provider) => provider.token({ nbf: seconds(600) }),
    'from the future': (provider) => provider.token({ iat: seconds(600) }),
    'of nobody': (provider) => provider.token({}, { without: ['sub'] }),
    'by a key that is not published': (provider) => provider.token({}, { foreignKey: true }),
    'by an unknown key id': (provider) => provider.token({}, { header: { kid: 'key-2' } }),
    'with a critical header that is not understood': async (provider) =>
      forged(
        await provider.token(),
        { alg: 'RS256', kid: 'key-1', crit: ['x'], x: 1 },
        () => 'AAAA',
      ),
    'whose claims were changed after signing': async (provider) => {
      const [header, , signature] = (await provider.token()).split('.');
      return `${header}.${part({ tenant_id: 'globex', iss: provider.issuer })}.${signature}`;
    },
    'that brings its own key': async (provider) =>
      forged(
        await provider.token(),
        { alg: 'RS256', jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } },
        () => 'AAAA',
      ),
    'that is no token': () => 'a.b.c',
  };

  it.each(Object.entries(attacks))('%s is refused', async (_, attack) => {
    const provider = await anIdentityProvider(clock.now);

    expect(await verifierOf(provider)(await attack(provider))).toBeUndefined();
  });

  it('by another algorithm than the pinned one is refused', async () => {
    const provider = await anIdentityProvider(clock.now);

    const identity = await verifierOf(provider, { algorithm: 'ES256' })(await provider.token());

    expect(identity).toBeUndefined();
    expect(provider.fetches()).toBe(0);
  });
});

describe('an identity provider that is away', () => {
  it('makes no token right and none wrong: the caller is to try again', async () => {
    const provider = await anIdentityProvider(clock.now);
    provider.breakDown();

    const verified = verifierOf(provider)(await provider.token());

    await expect(verified).rejects.toMatchObject({ next: 'retry', code: 'issuer_unavailable' });
  });

  /** Its verifier, whose way to the issuer is what is given; and how often it was gone. */
  function onTheWay(provider: IdentityProvider, way: (url: string) => Promise<Response>) {
    const urls: string[] = [];
    const verify = verifierOf(provider, {}, (url) => {
      urls.push(new URL(url).pathname);
      return way(url);
    });
    return { verify, urls };
  }

  const discovery = '/.well-known/openid-configuration';

  it.each([
    ['whose discovery cannot be reached', /configuration$/, undefined, [discovery]],
    ['whose discovery is a page', /configuration$/, '<html>', [discovery]],
    ['whose keys cannot be reached', /keys$/, undefined, [discovery, '/keys']],
    ['whose keys are a page', /keys$/, '<html>', [discovery, '/keys']],
    ['whose keys are none', /keys$/, '{}', [discovery, '/keys']],
  ])(
    'and %s is asked once in five seconds, however many tokens come',
    async (_, what, body, asked) => {
      const provider = await anIdentityProvider(clock.now);
      let isAway = true;
      const { verify, urls } = onTheWay(provider, async (url) => {
        if (!isAway || !what.test(url)) return fetch(url);
        if (body === undefined) throw new TypeError('fetch failed');
        return new Response(body);
      });
      const token = await provider.token({}, { foreignKey: true });
      const right = await provider.token();

      for (let n = 0; n < 20; n++) {
        await expect(verify(token)).rejects.toMatchObject({ code: 'issuer_unavailable' });
        clock.pass(200);
      }
      expect(urls).toEqual(asked);
      isAway = false;
      clock.pass(1_000);

      expect(await verify(right)).toBeDefined();
    },
  );

  it('is not waited for by tokens whose keys are in flight', async () => {
    const provider = await anIdentityProvider(clock.now);
    let isAway = false;
    const { verify, urls } = onTheWay(provider, (url) =>
      isAway ? Promise.reject(new TypeError('fetch failed')) : fetch(url),
    );
    const [right, unknown] = [
      await provider.token(),
      await provider.token({}, { header: { kid: 'key-2' } }),
    ];
    await verify(right);
    isAway = true;
    // The library asks again for a key that it does not know, half a minute after it has asked.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 });
    onTestFinished(() => void vi.useRealTimers());

    for (let n = 0; n < 3; n++) {
      await expect(verify(unknown)).rejects.toMatchObject({ code: 'issuer_unavailable' });
      expect(await verify(right)).toBeDefined();
    }

    expect(urls).toEqual([discovery, '/keys', '/keys']);
  });
});
