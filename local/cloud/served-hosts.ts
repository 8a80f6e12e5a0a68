import type { Guard } from '../guard.ts';
import { isHere } from '../guard.ts';
import { sanitizeForTerminal } from '../sanitize-for-terminal.ts';

const message =
  'npm start serves localhost, 127.0.0.1 and the host of PUBLIC_BASE_URL: set PUBLIC_BASE_URL to the URL under which it is called, and restart it.';

/**
 * Accepts requests for this machine and for the host of its public URL, at any port; a page that reaches it by
 * DNS rebinding has another Host. A refused host is logged once, until another one is refused.
 */
export function servedHosts(publicBaseUrl: string | undefined): Guard {
  const served = publicBaseUrl && new URL(publicBaseUrl).hostname;
  let lastRefused: string | undefined;
  return ({ headers: { host = '' } }) => {
    if (isHere(host) || host.replace(/:\d+$/, '').toLowerCase() === served) return undefined;
    if (host !== lastRefused)
      console.error(`Refused a request for ${sanitizeForTerminal(host)}: ${message}`);
    lastRefused = host;
    return { status: 421, body: { message } };
  };
}
