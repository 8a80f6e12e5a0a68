import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  hashOf,
  type IdempotencyOptions,
  idempotencyStore,
} from '../../../lambdas/shared/store/idempotency-store.ts';
import { withLostAnswers } from '../../support/lost-answers.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
let things = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const keyOf = (tenantId: string, keyHash: string) => ({
  pk: `TENANT#${tenantId}`,
  sk: `IDEMPOTENCY#${keyHash}`,
});
const soon = () => Math.floor(table.clock.now() / 1000) + 3_600;

/** A tenant of its own, whose things are made under the ids that were acquired. */
function aTenant(options: Omit<IdempotencyOptions, 'keyOf'> = { exclusiveSeconds: 20 }) {
  things += 1;
  const tenant = `tenant-${things}`;
  const made = new Set<string>();
  const acquire = (key = 'k', forms: [string, ...string[]] = ['request'], through = table) => {
    things += 1;
    return idempotencyStore<{ id: string }>(through, { keyOf, ...options }).acquire(tenant, {
      key,
      forms,
      wanted: { id: `thing-${things}` },
      expires_at: soon(),
      find: async ({ id }) => (made.has(id) ? id : undefined),
    });
  };
  /** A request that makes its thing. */
  const make = async (key = 'k') => {
    const claim = await acquire(key);
    if (claim.kind !== 'acquired')
      throw new Error(`Expected the key to be free, got ${claim.kind}.`);
    made.add(claim.kept.id);
    return claim.kept.id;
  };
  return { tenant, made, acquire, make };
}

describe('an idempotency key', () => {
  it('is acquired by the first request, and completed by what that one makes', async () => {
    const { make, acquire } = aTenant();

    const id = await make();

    expect(await acquire()).toEqual({ kind: 'completed', made: id });
  });

  it('is in progress until the first request has made its thing or surely died', async () => {
    const { acquire } = aTenant();
    const first = await acquire();

    table.clock.pass(19_999);
    const early = await acquire();
    table.clock.pass(1);
    const late = await acquire();

    expect(early).toEqual({ kind: 'inProgress' });
    expect(late).toMatchObject({ kind: 'acquired', kept: (first as { kept?: object }).kept });
  });

  it('is reused by another request, whether its own has ended or not', async () => {
    const { acquire, make } = aTenant();
    await acquire('running');
    await make('ended');

    expect(await acquire('running', ['other'])).toEqual({ kind: 'reused' });
    expect(await acquire('ended', ['other'])).toEqual({ kind: 'reused' });
  });

  it('is known under each form of its request, and kept with the first', async () => {
    const { acquire, tenant } = aTenant();
    await acquire('k', ['new', 'old']);

    expect(await acquire('k', ['newer', 'new'])).toEqual({ kind: 'inProgress' });
    expect(await acquire('k', ['old'])).toEqual({ kind: 'reused' });
    expect(await table.item(keyOf(tenant, hashOf('k')))).toMatchObject({
      request_hash: hashOf('new'),
    });
  });

  it('is free at once after a release, for the same thing', async () => {
    const { acquire } = aTenant();
    const first = await acquire();
    if (first.kind === 'acquired') await first.release();

    expect(await acquire()).toMatchObject({ kind: 'acquired', kept: { id: expect.any(String) } });
    expect(first).toMatchObject({ kind: 'acquired' });
  });

  it('is not freed by one who has lost it', async () => {
    const { acquire } = aTenant();
    const slow = await acquire();
    table.clock.pass(20_000);
    await acquire();

    if (slow.kind === 'acquired') await slow.release();

    expect(await acquire()).toEqual({ kind: 'inProgress' });
  });

  it('is forgotten with its end', async () => {
    const { make, acquire } = aTenant();
    const before = await make();

    table.clock.pass(3_601_000);

    const after = await acquire('k', ['other']);
    expect(after).toMatchObject({ kind: 'acquired' });
    expect(after).not.toMatchObject({ kept: { id: before } });
  });

  it('is each tenant’s own', async () => {
    const [ours, theirs] = [aTenant(), aTenant()];
    await ours.make();

    expect(await theirs.acquire('k', ['other'])).toMatchObject({ kind: 'acquired' });
  });

  it('that nobody has to himself is acquired by all who do not find its thing, for the same one', async () => {
    const { acquire } = aTenant({});

    const claims = await Promise.all([acquire(), acquire(), acquire()]);

    const ids = claims.map((claim) => claim.kind === 'acquired' && claim.kept.id);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toBeTruthy();
  });

  it.each([
    ['with the end of the request', { in_flight_until: 0 }],
    ['without it', {}],
  ])('that the version before kept, %s, is continued with', async (_, more) => {
    const { acquire, tenant } = aTenant();
    const place = keyOf(tenant, hashOf('k'));
    const claim = { id: 'of-before', request_hash: hashOf('request'), expires_at: soon() };
    await table.put({ ...place, ...claim, ...more });

    expect(await acquire()).toMatchObject({ kind: 'acquired', kept: { id: 'of-before' } });
    expect(await acquire()).toEqual({ kind: 'inProgress' });
  });
});

describe('an idempotency key whose writes come twice because their answers are lost', () => {
  it('is acquired all the same', async () => {
    const { acquire } = aTenant();

    expect(await acquire('k', ['request'], withLostAnswers(table))).toMatchObject({
      kind: 'acquired',
    });
  });

  it('is taken over by one, who knows it', async () => {
    const { acquire } = aTenant();
    await acquire();
    table.clock.pass(20_000);

    const taken = await acquire('k', ['request'], withLostAnswers(table));

    expect(taken).toMatchObject({ kind: 'acquired' });
    expect(await acquire()).toEqual({ kind: 'inProgress' });
  });
});

describe('requests with one key, however they overlap and die', () => {
  it('make one thing, and never two at once', async () => {
    const plans = fc.array(fc.record({ lossy: fc.boolean(), dies: fc.boolean() }), {
      minLength: 2,
      maxLength: 5,
    });

    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plans, async (s, requests) => {
        const { acquire, made } = aTenant();
        let running = 0;
        const ends = requests.map(async ({ lossy, dies }) => {
          await s.schedule(Promise.resolve());
          const claim = await acquire('k', ['request'], lossy ? withLostAnswers(table) : table);
          if (claim.kind !== 'acquired') return claim.kind;
          running += 1;
          expect(running).toBe(1);
          await s.schedule(Promise.resolve());
          if (dies) return 'died';
          made.add(claim.kept.id);
          running -= 1;
          return claim.kind;
        });
        await s.waitFor(Promise.all(ends));
        table.clock.pass(20_000);

        const last = await acquire();

        if (last.kind === 'acquired') made.add(last.kept.id);
        expect(made.size).toBe(1);
      }),
      { numRuns: 40 },
    );
  });
});
