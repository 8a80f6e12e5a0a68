import { describe, expect, it } from 'vitest';
import { cachedSecret } from '../../../lambdas/vendors/aws/secrets.ts';
import { aVault } from '../../support/aws.ts';
import { virtualClock } from '../../support/clock.ts';

const minutes = (count: number): number => count * 60_000;

function aSecret(value: string | undefined = 'one') {
  const vault = aVault(value);
  const time = virtualClock();
  const secret = cachedSecret(vault.client, 'the-secret', (stored) => stored.toUpperCase(), time);
  return { vault, time, secret };
}

describe('a cached secret', () => {
  it('is parsed and fetched once for a quarter of an hour', async () => {
    const { vault, time, secret } = aSecret();

    const first = await secret.get();
    time.pass(minutes(15) - 1);
    const second = await secret.get();

    expect([first, second]).toEqual(['ONE', 'ONE']);
    expect(vault.fetches).toBe(1);
  });

  it('is fetched again after that', async () => {
    const { vault, time, secret } = aSecret();
    await secret.get();
    vault.value = 'two';

    time.pass(minutes(15));

    expect(await secret.get()).toBe('TWO');
  });

  it('is fetched once for many who ask at the same time', async () => {
    const { vault, secret } = aSecret();

    const values = await Promise.all([1, 2, 3].map(() => secret.get()));

    expect(values).toEqual(['ONE', 'ONE', 'ONE']);
    expect(vault.fetches).toBe(1);
  });

  it('is not fetched before it is asked for', () => {
    expect(aSecret().vault.fetches).toBe(0);
  });
});

describe('a refresh', () => {
  it('takes the value that is stored now', async () => {
    const { vault, secret } = aSecret();
    await secret.get();
    vault.value = 'two';

    const refreshed = await secret.refresh();

    expect(refreshed).toBe(true);
    expect(await secret.get()).toBe('TWO');
  });

  it('reaches Secrets Manager at most once in ten seconds', async () => {
    const { vault, time, secret } = aSecret();

    const refreshed = [await secret.refresh(), await secret.refresh()];
    time.pass(9_999);
    refreshed.push(await secret.refresh());
    time.pass(1);
    refreshed.push(await secret.refresh());

    expect(refreshed).toEqual([true, false, false, true]);
    expect(vault.fetches).toBe(2);
  });

  it('fails with the fetch, and is as bounded then', async () => {
    const { vault, secret } = aSecret();
    vault.failure = new Error('Throttled.');

    await expect(secret.refresh()).rejects.toMatchObject({ next: 'retry' });

    expect(await secret.refresh()).toBe(false);
    expect(vault.fetches).toBe(1);
  });
});

describe('a fetch that fails', () => {
  it('is not kept: the next one may succeed', async () => {
    const { vault, secret } = aSecret();
    vault.failure = new Error('Throttled, and the value is one.');

    await expect(secret.get()).rejects.toMatchObject({
      next: 'retry',
      code: 'secret_unavailable',
      message: 'Secret the-secret could not be read.',
    });
    vault.failure = undefined;

    expect(await secret.get()).toBe('ONE');
  });

  it('is not kept when the value cannot be parsed', async () => {
    const vault = aVault('{');
    const secret = cachedSecret(vault.client, 'the-secret', JSON.parse, virtualClock());

    await expect(secret.get()).rejects.toThrow();
    vault.value = '{"a":1}';

    expect(await secret.get()).toEqual({ a: 1 });
  });
});

describe('a secret without a value', () => {
  const notFound = Object.assign(new Error("can't find the secret value"), {
    name: 'ResourceNotFoundException',
  });

  it.each([
    ['is empty', '', undefined],
    ['has never been filled', undefined, undefined],
    ['is not found', 'one', notFound],
  ])('says how to fill it, and is tried again, when it %s', async (_, value, failure) => {
    const { vault, secret } = aSecret();
    Object.assign(vault, { value, failure });

    await expect(secret.get()).rejects.toMatchObject({
      next: 'retry',
      code: 'secret_empty',
      message: expect.stringContaining('npm run secrets'),
    });
  });

  it('is found as soon as it is filled', async () => {
    const { vault, secret } = aSecret();
    vault.value = undefined;
    await expect(secret.get()).rejects.toMatchObject({ code: 'secret_empty' });

    vault.value = 'filled';

    expect(await secret.get()).toBe('FILLED');
  });
});

describe('a good value', () => {
  it('stays good while Secrets Manager is away', async () => {
    const { vault, secret } = aSecret();
    await secret.get();
    vault.failure = new Error('away');

    await expect(secret.refresh()).rejects.toThrow('could not be read');

    expect(await secret.get()).toBe('ONE');
  });

  it('stays in use for as long, and is asked for every minute', async () => {
    const { vault, time, secret } = aSecret();
    await secret.get();
    vault.failure = new Error('away');
    time.pass(minutes(15));

    const values = [await secret.get(), await secret.get()];
    time.pass(minutes(1) - 1);
    values.push(await secret.get());
    const fetches = vault.fetches;
    time.pass(1);
    values.push(await secret.get());

    expect(values).toEqual(Array(4).fill('ONE'));
    expect([fetches, vault.fetches]).toEqual([2, 3]);
  });

  it('stays good for all who ask while the fetch fails', async () => {
    const { vault, time, secret } = aSecret();
    await secret.get();
    vault.failure = new Error('away');
    time.pass(minutes(15));

    expect(await Promise.all([secret.get(), secret.get()])).toEqual(['ONE', 'ONE']);
  });

  it('is not used when the secret was emptied since', async () => {
    const { vault, time, secret } = aSecret();
    await secret.get();
    vault.value = undefined;

    time.pass(minutes(15));

    await expect(secret.get()).rejects.toMatchObject({ code: 'secret_empty' });
  });

  it('is followed by what is stored once Secrets Manager is back', async () => {
    const { vault, time, secret } = aSecret();
    await secret.get();
    vault.failure = new Error('away');
    time.pass(minutes(15));
    await secret.get();
    Object.assign(vault, { value: 'two', failure: undefined });

    time.pass(minutes(1));

    expect(await secret.get()).toBe('TWO');
  });
});
