import { describe, expect, it } from 'vitest';
import { newApiKey } from '../../lambdas/administration/work/api-key.ts';
import { type AuthorizerPorts, authorize } from '../../lambdas/administration/work/authorize.ts';
import type { StoredCredential } from '../../lambdas/administration/work/credential.ts';
import type { Tenant } from '../../lambdas/tenancy/tenant.ts';
import type { VerifiedVisitor } from '../../lambdas/tenancy/visitor-token.ts';
import { virtualClock } from '../support/clock.ts';
import { recordedLog } from '../support/log.ts';
import { aTenant } from '../support/tenants.ts';

const keyId = 'abcdefghijkl';
const visitorToken = 're_vis_aaa.bbb.ccc';
const { text: key, secret_hash } = newApiKey('acme', keyId);

const aStoredKey = (parts: Partial<StoredCredential> = {}): StoredCredential => ({
  tenant_id: 'acme',
  key_id: keyId,
  kind: 'key',
  name: '',
  role: 'TenantAdmin',
  secret_hash,
  created_at: '2026-11-01T00:00:00.000Z',
  created_by: 'a test',
  ...parts,
});

function ports(
  stored: StoredCredential | undefined = aStoredKey(),
  tenant: Tenant | undefined = aTenant(),
) {
  const asked: string[] = [];
  const touched: string[] = [];
  const log = recordedLog();
  return {
    asked,
    touched,
    log,
    clock: virtualClock(),
    credentials: {
      find: async (tenantId: string, id: string) => {
        asked.push(`key ${tenantId} ${id}`);
        return stored;
      },
      touch: async (tenantId: string) => void touched.push(tenantId),
    },
    tenants: {
      find: async (tenantId: string) => {
        asked.push(`tenant ${tenantId}`);
        return tenant;
      },
    },
    verifyVisitor: async (token: string): Promise<VerifiedVisitor | undefined> =>
      token === visitorToken
        ? { tenant_id: 'acme', participant_id: 'anon_1', valid_until: 4_000_000_000 }
        : undefined,
  } satisfies AuthorizerPorts & Record<string, unknown>;
}

describe('a key', () => {
  it('says its company, role, scopes and id', async () => {
    const said = await authorize(`Bearer ${key}`, ports(aStoredKey({ role: 'OperationUser' })));

    expect(said).toMatchObject({
      outcome: 'known',
      tenant_id: 'acme',
      role: 'OperationUser',
      scopes: expect.stringContaining('usage:read'),
      principal: `key:${keyId}`,
      valid_until: '0',
    });
  });

  it('never has more scopes than its role, whatever is stored with it', async () => {
    const stored = aStoredKey({
      role: 'OperationUser',
      scopes: ['configuration:write', 'usage:read'],
    });

    expect(await authorize(`Bearer ${key}`, ports(stored))).toMatchObject({ scopes: 'usage:read' });
  });

  it('costs the same reads whether it is there or not, so that their time tells nothing', async () => {
    const [known, unknown, foreign] = [ports(), ports(undefined, undefined), ports()];
    known.credentials.find = unknown.credentials.find;

    await authorize(`Bearer ${key}`, unknown);
    await authorize(`Bearer ${key.slice(0, -1)}x`, foreign);

    expect(unknown.asked).toEqual([`key acme ${keyId}`, 'tenant acme']);
    expect(foreign.asked).toEqual(unknown.asked);
  });

  it('is recorded as used once a day', async () => {
    const fresh = ports(aStoredKey({ last_used_on: '2026-11-20' }));
    const used = ports(aStoredKey({ last_used_on: '2026-11-21' }));

    await authorize(`Bearer ${key}`, fresh);
    await authorize(`Bearer ${key}`, used);

    expect(fresh.touched).toEqual(['acme']);
    expect(used.touched).toEqual([]);
  });

  it('works though its use cannot be recorded', async () => {
    const broken = ports();
    broken.credentials.touch = () => Promise.reject(new Error('away'));

    expect(await authorize(`Bearer ${key}`, broken)).toMatchObject({ outcome: 'known' });
    expect(broken.log.text()).toContain(keyId);
  });

  it('that is wrong is not recorded as used', async () => {
    const watched = ports();

    await authorize(`Bearer ${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`, watched);

    expect(watched.touched).toEqual([]);
  });

  it.each([
    ['revoked', aStoredKey({ revoked_at: '2026-11-20T00:00:00.000Z' })],
    ['past its end', aStoredKey({ valid_until: '2026-11-21T10:00:00.000Z' })],
    ['a public client id in truth', aStoredKey({ kind: 'client' })],
    ['stored without a hash', aStoredKey({ secret_hash: undefined })],
  ])('is nobody’s when it is %s', async (_, stored) => {
    expect(await authorize(`Bearer ${key}`, ports(stored as StoredCredential))).toEqual({
      outcome: 'unauthenticated',
    });
  });

  it.each([
    ['revoked', { revoked_at: '2026-11-20T00:00:00.000Z' }],
    ['past its end', { valid_until: '2026-11-21T10:00:00.000Z' }],
  ])('that is proven, but %s, says in the log whom that locks out', async (why, parts) => {
    const [proven, tried] = [ports(aStoredKey(parts)), ports(aStoredKey(parts))];

    await authorize(`Bearer ${key}`, proven);
    await authorize(`Bearer ${key.slice(0, -2)}zz`, tried);

    const details = { tenant_id: 'acme', key_id: keyId, why };
    expect(proven.log.lines).toEqual([
      { level: 'warn', message: 'A company was locked out.', details },
    ]);
    expect(tried.log.lines).toEqual([]);
  });

  it('fails as something to try again while the store is away', async () => {
    const away = ports();
    away.credentials.find = () => Promise.reject(new Error('away'));

    await expect(authorize(`Bearer ${key}`, away)).rejects.toThrow('away');
  });
});

describe('a visitor’s token', () => {
  it('says whose visitor it is, and opens what is his alone', async () => {
    const said = await authorize(`Bearer ${visitorToken}`, ports());

    expect(said).toMatchObject({
      outcome: 'known',
      tenant_id: 'acme',
      role: 'Participant',
      scopes: 'api:read conversations:start conversations:visit',
      principal: 'visitor:anon_1',
      valid_until: '4000000000',
    });
  });

  it.each([
    ['that is not proven', 're_vis_aaa.bbb.ddd', ports()],
    ['of a company that is not known', visitorToken, ports(undefined, undefined)],
  ])('%s is nobody’s', async (_, token, those) => {
    const nobody = { ...those, tenants: { find: async () => undefined } };
    const asked = token === visitorToken ? nobody : those;

    expect(await authorize(`Bearer ${token}`, asked)).toEqual({ outcome: 'unauthenticated' });
  });

  it('of a suspended company says so', async () => {
    const suspended = ports(aStoredKey(), aTenant({ status: 'suspended' }));

    expect(await authorize(`Bearer ${visitorToken}`, suspended)).toEqual({ outcome: 'suspended' });
  });

  it('is never asked of the identity provider', async () => {
    const verifyToken = () => Promise.reject(new Error('asked'));

    const said = await authorize('Bearer re_vis_x.y.z', { ...ports(), verifyToken });

    expect(said).toEqual({ outcome: 'unauthenticated' });
  });

  it('is the only way to its role: a key that is stored with it may do nothing', async () => {
    const stored = aStoredKey({ role: 'Participant' });

    expect(await authorize(`Bearer ${key}`, ports(stored))).toMatchObject({ role: '', scopes: '' });
  });
});

describe('a company that is suspended', () => {
  const suspended = aTenant({ status: 'suspended' });

  it('is named in the log when it calls', async () => {
    const watched = ports(aStoredKey(), suspended);

    await authorize(`Bearer ${key}`, watched);

    expect(watched.log.lines).toMatchObject([{ details: { tenant_id: 'acme', why: 'suspended' } }]);
  });

  it('is told so only to those who prove that they belong to it', async () => {
    expect(await authorize(`Bearer ${key}`, ports(aStoredKey(), suspended))).toEqual({
      outcome: 'suspended',
    });
    expect(await authorize(`Bearer ${key.slice(0, -2)}zz`, ports(aStoredKey(), suspended))).toEqual(
      {
        outcome: 'unauthenticated',
      },
    );
  });
});

describe('a token', () => {
  it('is nobody’s where no identity provider is configured', async () => {
    expect(await authorize('Bearer aaa.bbb.ccc', ports())).toEqual({ outcome: 'unauthenticated' });
  });

  it.each([
    [['OperationUser', 'TenantAdmin'], 'TenantAdmin'],
    [['Visitor', 'staff', 'OperationUser'], 'OperationUser'],
    [['staff'], ''],
    [['Participant'], ''],
    [['Participant', 'Visitor'], 'Visitor'],
  ])('with the roles %j has the strongest that is known: %j', async (roles, role) => {
    const verifyToken = async () => ({
      subject: 'u1',
      tenant_id: 'acme',
      roles,
      valid_until: 4_000_000_000,
    });

    expect(await authorize('Bearer aaa.bbb.ccc', { ...ports(), verifyToken })).toMatchObject({
      outcome: 'known',
      role,
    });
  });
});
