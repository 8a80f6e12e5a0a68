import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTick } from 'node:timers/promises';
import { fromHere, type Guard, type Refusal } from '../guard.ts';
import { type AwsCredentials, isSignedBy } from './sigv4.ts';

/** AWS's answer to an unknown access key; its SDK shows the name and the message. */
const unknownClient: Refusal = {
  status: 400,
  body: {
    __type: 'com.amazon.coral.service#UnrecognizedClientException',
    message:
      'The security token included in the request is invalid: a local store takes only the access key of its own start.',
  },
};

/**
 * Accepts requests of this machine that are signed with these credentials. The signature is what counts: whoever
 * was given a presigned URL knows the access key by its name.
 */
export const signedBy =
  (credentials: AwsCredentials): Guard =>
  async (request) => {
    const foreign = fromHere(request);
    if (foreign) return foreign;
    const { pathname: path, searchParams: query } = new URL(`http://localhost${request.url}`);
    const { method = '', headers } = request;
    const body = () => bodyAhead(request);
    const isOurs = await isSignedBy({ method, path, query, headers }, credentials, body);
    return isOurs ? undefined : unknownClient;
  };

/** The body of a request, which whoever handles it reads as if it had not been read. */
async function bodyAhead(request: IncomingMessage): Promise<Uint8Array> {
  const bytes = Number(request.headers['content-length'] ?? 0);
  if (!(bytes > 0)) return new Uint8Array();
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const take = () => {
    const body = request.read(bytes) as Buffer | null;
    if (!body) return;
    request.off('readable', take);
    request.unshift(body);
    // Where Hono looks for a body that was read before it.
    Object.assign(request, { rawBody: body });
    resolve(body);
  };
  request.on('readable', take);
  request.once('close', () => reject(new Error('The client has gone.')));
  const body = await promise;
  // The stream forgets only then that it was read.
  await nextTick();
  return body;
}
