import * as z from 'zod/mini';
import type { Expected } from '../store/resource-item.ts';
import type { Problem } from './problem.ts';

/** An unreadable precondition does not hold; it is not ignored. */
const never: Expected = { version: -1 };

const header = (what: string, read: (text: string) => Expected) =>
  z.optional(z.pipe(z.string().check(z.trim(), z.describe(what)), z.transform(read)));

/** `If-Match` with the ETag of a version, or with `*` for anything that is there (RFC 9110). */
export const ifMatch = header(
  'The ETag that was read: the change is made only if nobody has made another since.',
  (text) => {
    if (text === '*') return 'present';
    const version = /^"(\d{1,12})"$/.exec(text)?.[1];
    return version ? { version: Number(version) } : never;
  },
);

/** `If-None-Match: *` for what must not be there (RFC 9110); `what` says what that is. */
export const ifNoneMatch = (what: string) =>
  header(what, (text) => (text === '*' || text === '"*"' ? 'absent' : never));

/** The header that names a version, for `If-Match`. */
export const etagOf = ({ version }: { version: number }) => ({ etag: `"${version}"` });

/** Refuses a change whose precondition does not hold; `what` names what the caller wanted to change. */
export const preconditionFailed = (what: string): Problem => ({
  type: 'precondition-failed',
  title: 'It was changed in the meantime',
  status: 412,
  detail: `${what} is not at the version that you named: read it again, then change it.`,
});
