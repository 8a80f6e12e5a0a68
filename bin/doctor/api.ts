import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import { type Check, fix, ok, skip } from './check.ts';

/** Whether the API answers where the world reaches it. */
export const apiCheck = (urlOf: () => Promise<string | undefined>): Check => ({
  name: 'API',
  async look(signal) {
    const base = await urlOf();
    if (!base) return [skip('the stack does not say where it is.')];
    const url = base.replace(/\/+$/, '') + paths.health;
    const response = await fetch(url, { signal }).catch(() => undefined);
    if (response?.ok) return [ok(`${url} answers.`)];
    const how = response ? `answers ${response.status}` : 'cannot be reached';
    return [
      fix(
        `${url} ${how}: check PUBLIC_BASE_URL and the network, then the log of receive, which answers there.`,
      ),
    ];
  },
});
