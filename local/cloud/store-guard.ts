import { timingSafeEqual } from 'node:crypto';
import { fromHere, type Guard, type Refusal } from '../guard.ts';

/** AWS's answer to an unknown access key; its SDK shows the name and the message. */
const unknownClient: Refusal = {
  status: 400,
  body: {
    __type: 'com.amazon.coral.service#UnrecognizedClientException',
    message:
      'The security token included in the request is invalid: a local store takes only the access key of its own start.',
  },
};

/** Accepts requests of this machine that are signed with this access key; the signature itself is not checked. */
export const signedBy = (accessKeyId: string): Guard => {
  const ours = Buffer.from(accessKeyId);
  return (request) => {
    const foreign = fromHere(request);
    if (foreign) return foreign;
    const [, name = ''] =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const theirs = Buffer.from(name);
    const isOurs = theirs.length === ours.length && timingSafeEqual(theirs, ours);
    return isOurs ? undefined : unknownClient;
  };
};
