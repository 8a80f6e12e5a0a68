import type { LookupFunction } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AddressRefused } from '../../../lambdas/vendors/http/public-address.ts';
import { publicFetch } from '../../../lambdas/vendors/http/public-fetch.ts';
import { startReceiver } from '../../support/receiver.ts';

async function aReceiver() {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
}

const inTime = (ms = 5_000) => ({ signal: AbortSignal.timeout(ms) });
const local = publicFetch({ allowLoopback: true });

/** Every name leads to this machine. */
const rebound: LookupFunction = (_name, _options, callback) =>
  callback(null, [{ address: '127.0.0.1', family: 4 }]);

describe('a call of a company’s URL', () => {
  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fc00::1]/',
    'https://10.0.0.1:8443/',
    'http://hooks.example/',
    'http://127.0.0.1/',
    'ftp://hooks.example/',
  ])('is refused before anything is sent: %s', async (url) => {
    await expect(publicFetch()(url, inTime())).rejects.toThrow(AddressRefused);
  });

  it('is refused where its name leads to this machine, though it looks public', async () => {
    const receiver = await aReceiver();
    const calling = publicFetch({ lookup: rebound })(
      `https://hooks.example:${receiver.port}/`,
      inTime(),
    );

    await expect(calling).rejects.toThrow(AddressRefused);
    expect(receiver.received).toEqual([]);
  });

  it('leaves nothing behind where it cannot be made', async () => {
    const limit = new AbortController();
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));

    const call = publicFetch()('https://example.com', {
      headers: { key: '注文' },
      signal: limit.signal,
    });
    await expect(call).rejects.toBeInstanceOf(TypeError);
    // What the time limit rejects then, and nobody waits for, would end the process.
    limit.abort();
    await turn();

    expect(unhandled).toEqual([]);
  });

  it('ends in time, even while the name is being resolved', async () => {
    const never: LookupFunction = () => undefined;

    const calling = publicFetch({ lookup: never })('https://hooks.example/', inTime(50));

    await expect(calling).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('a call of this machine, where that is allowed', () => {
  it('sends what it is given', async () => {
    const receiver = await aReceiver();
    receiver.answers({ status: 201, headers: { 'retry-after': '7' }, body: 'thanks' });
    const body = 'Grüße';

    const response = await local(receiver.url, {
      method: 'POST',
      headers: { 'webhook-id': 'evt_1' },
      body,
      ...inTime(),
    });

    expect([response.status, response.headers.get('retry-after')]).toEqual([201, '7']);
    expect(await response.text()).toBe('thanks');
    expect(receiver.received).toMatchObject([
      { method: 'POST', path: '/hooks', body, headers: { 'webhook-id': 'evt_1' } },
    ]);
  });

  it('follows no redirect', async () => {
    const [receiver, elsewhere] = [await aReceiver(), await aReceiver()];
    receiver.answers({ status: 307, headers: { location: elsewhere.url } });

    const { status } = await local(receiver.url, { method: 'POST', body: '{}', ...inTime() });

    expect(status).toBe(307);
    expect(elsewhere.received).toEqual([]);
  });

  it('ends in time where there is no answer', async () => {
    const receiver = await aReceiver();
    receiver.answers('silence');

    await expect(local(receiver.url, inTime(100))).rejects.toThrow();
    expect(receiver.received).toHaveLength(1);
  });

  it('may leave an answer unread, however long it is', async () => {
    const receiver = await aReceiver();
    receiver.answers({ status: 200, body: 'x'.repeat(20_000_000) });

    const { body, status } = await local(receiver.url, inTime());
    await body?.cancel();

    expect(status).toBe(200);
  });

  it('refuses an answer whose status is none', async () => {
    const receiver = await aReceiver();
    receiver.answers(999);

    await expect(local(receiver.url, inTime())).rejects.toThrow('status 999');
  });

  it('does not mean other machines of the same network', async () => {
    await expect(local('http://10.0.0.1/', inTime())).rejects.toThrow(AddressRefused);
    await expect(local('http://[::ffff:10.0.0.1]/', inTime())).rejects.toThrow(AddressRefused);
  });
});
