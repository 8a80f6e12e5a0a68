import { localCredentials } from '../../local/cloud/credentials.ts';
import { serveObjects } from '../../local/cloud/object-server.ts';
import { type Objects, objectsOf } from '../../local/cloud/objects.ts';
import { serveQueues } from '../../local/cloud/queue-server.ts';
import { type Queues, queuesOf } from '../../local/cloud/queues.ts';
import { serveTables } from '../../local/cloud/table-server.ts';
import { type Tables, tablesOf } from '../../local/cloud/tables.ts';

/** In memory; in this thread, since another's start is not worth what a test asks of it. */
const place = { folder: undefined, ...localCredentials };

export const queuesHere = async (): Promise<Queues> => queuesOf(await serveQueues(place));

export const tablesHere = async (): Promise<Tables> => tablesOf(await serveTables(place));

export const objectsHere = async (): Promise<Objects> => objectsOf(await serveObjects(place));
