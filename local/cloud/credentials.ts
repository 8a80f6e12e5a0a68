import { randomBytes } from 'node:crypto';

const random = (): string => randomBytes(20).toString('hex').toUpperCase();

/** The only credentials that the stores of this process accept; random at each start. */
export const localCredentials = { accessKeyId: random(), secretAccessKey: random() };
