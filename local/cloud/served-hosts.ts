import type { Guard } from '../guard.ts';
import { isHere } from '../guard.ts';
import { sanitizeForTerminal } from '../sanitize-for-terminal.ts';

const message =
  'npm start serves localhost, 127.0.0.1 and the host of PUBLIC_BASE_URL: set PUBLIC_BASE_URL to the URL under which it is called, and start it anew.';

/**
 * Lets in requests for this machine and for the host of its public URL, at whichever port; a page that reaches
 * it by DNS rebinding has another Host. The console is told of each other host once, as long as it is the same.
 */
export function servedHosts(publicBaseUrl: string | undefined): Guard {
  const served = publicBaseUrl && new URL(publicBaseUrl).hostname;
  let told: string | undefined;
  return ({ headers: { host = '' } }) => {
    if (isHere(host) || host.replace(/:\d+$/, '').toLowerCase() === served) return undefined;
    if (host !== told)
      console.error(`Refused a request for ${sanitizeForTerminal(host)}: ${message}`);
    told = host;
    return { status: 421, body: { message } };
  };
}
