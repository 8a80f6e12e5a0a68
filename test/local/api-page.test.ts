import type { IncomingMessage, ServerResponse } from 'node:http';
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, it } from 'vitest';
import { allRoutes } from '../../lambdas/administration/openapi.ts';
import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import { apiPage } from '../../local/api-page.ts';
import { readLocalSettings } from '../../local/settings.ts';

/** The example of each operation, as the page shows it. */
async function examplesOf(environment: Record<string, string> = {}): Promise<Map<string, string>> {
  let page = '';
  const request = { method: 'GET', url: '/docs', headers: { host: 'localhost:3000' } };
  const response = {
    writeHead: () => undefined,
    end: (text: string) => {
      page = text;
    },
  };
  await apiPage(readLocalSettings(environment))(
    request as IncomingMessage,
    response as unknown as ServerResponse,
  );
  const sections = page.matchAll(/<h2><code>(\S+ \S+)<\/code><\/h2>[\s\S]*?<\/section>/g);
  return new Map(
    [...sections].map(([text, name = '']) => [
      name,
      plain([...text.matchAll(/<pre>([\s\S]*?)<\/pre>/g)].at(-1)?.[1] ?? ''),
    ]),
  );
}

const plain = (text: string) =>
  text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');

describe('the page of the API', () => {
  it('shows a key only where one is asked for', async () => {
    const examples = await examplesOf();

    for (const { method, path, access } of allRoutes) {
      const example = examples.get(`${method} ${path}`) ?? '';
      const isOpen = access === 'open' || access === 'signed';
      expect([path, example.includes('Bearer')]).toEqual([path, !isOpen]);
    }
  });

  it('shows a message of Twilio as Twilio signs it', async () => {
    const example = (await examplesOf()).get(`POST ${paths.inbound}`) ?? '';
    const fields = [...example.matchAll(/--data-urlencode '(\w+)=([^']*)'/g)];
    const [, signature = ''] = /X-Twilio-Signature: ([^']+)'/.exec(example) ?? [];

    expect(example).toMatch(/^curl http:\/\/localhost:3000\/webhooks\/twilio\/whatsapp/);
    expect(
      validateRequest(
        'local-auth-token',
        signature,
        `http://localhost:3000${paths.inbound}`,
        Object.fromEntries(fields.map(([, name, value]) => [name, value])),
      ),
    ).toBe(true);
  });

  it('signs nothing with the token of a real account', async () => {
    const real = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'real' };
    const examples = await examplesOf(real);

    for (const path of [paths.inbound, paths.status]) {
      expect(examples.get(`POST ${path}`)).toMatch(/^npx replies invoke \w+ events\/\w+\.json$/);
    }
  });
});
