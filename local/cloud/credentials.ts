import { randomBytes } from 'node:crypto';

const random = (): string => randomBytes(20).toString('hex').toUpperCase();

/** What opens the stores that this process starts, to its own functions and commands alone; made up at each start. */
export const localCredentials = { accessKeyId: random(), secretAccessKey: random() };
