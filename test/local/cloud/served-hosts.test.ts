import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startHttpApi } from '../../../local/cloud/http-api.ts';
import { asking } from '../../support/asking.ts';
import { recordedConsole } from '../../support/log.ts';

/** Asks an API without routes, which is 404 to whom it serves; `told` is what the console shows. */
async function anApi(publicBaseUrl: string) {
  const server = await startHttpApi([], 0, { publicBaseUrl });
  const told = recordedConsole();
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ask = (host: string) => asking(`http://127.0.0.1:${port}/`, { host });
  return { ask, told };
}

describe('the hosts of the local HTTP API', () => {
  it.each([
    'localhost:3000',
    '127.0.0.1:8080',
    'LOCALHOST',
    'tunnel.example',
    'Tunnel.example:443',
  ])('are this machine and that of the public URL, such as %s', async (host) => {
    const { ask, told } = await anApi('https://Tunnel.example');

    expect((await ask(host)).status).toBe(404);
    expect(told).toEqual([]);
  });

  it.each(['rebound.example:3000', 'localhost.example', 'a.tunnel.example', '127.0.0.1.example'])(
    'are no other, such as %s, which is told what to set',
    async (host) => {
      const { ask, told } = await anApi('https://tunnel.example');

      const { status, body } = await ask(host);
      await ask(host);

      expect(status).toBe(421);
      expect(JSON.parse(body)).toEqual({ message: expect.stringContaining('set PUBLIC_BASE_URL') });
      expect(told).toEqual([expect.stringContaining(`Refused a request for ${host}: npm start`)]);
    },
  );

  it('cannot steer the terminal', async () => {
    const { ask, told } = await anApi('https://tunnel.example');

    await ask('\u009bother');

    expect(told.join()).toContain('\\u009bother');
  });
});
