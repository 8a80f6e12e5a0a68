import { randomBytes } from 'node:crypto';

/** A fresh id such as `resp_4f…`; never repeated, not even by a simulator restarted on the same file. */
export const newId = (prefix: string) => `${prefix}${randomBytes(16).toString('hex')}`;
