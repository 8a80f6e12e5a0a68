import { createRequire } from 'node:module';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { lambdaContext } from './lambda-context.ts';

/** Runs one function's bundle in a thread of its own, one event at a time, as a Lambda environment does. */
export interface Invocation {
  id: string;
  event: unknown;
  timeoutMs: number;
}

/** Sets the remaining time to zero, so that a handler that checks it ends soon. */
export type Stopping = 'stopping';

/** Sent once the bundle is loaded; the time of an invocation starts only then. */
export type Loaded = 'loaded';

export type InvocationEnd =
  | { id: string; result: unknown }
  | { id: string; error: { name: string; message: string; stack?: string } };

interface FunctionPlace {
  file: string;
  exportName: string;
  functionName: string;
  memoryMb: number;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const place = workerData as FunctionPlace;
const load = createRequire(path.join(path.dirname(place.file), 'loader.cjs'));
const handler = (load(place.file) as Record<string, Handler | undefined>)[place.exportName];

parentPort?.postMessage('loaded' satisfies Loaded);

let stopping = false;

parentPort?.on('message', (message: Invocation | Stopping) => {
  if (message === 'stopping') stopping = true;
  else void run(message).then((end) => parentPort?.postMessage(end));
});

async function run({ id, event, timeoutMs }: Invocation): Promise<InvocationEnd> {
  const deadline = Date.now() + timeoutMs;
  try {
    if (!handler) throw new Error(`${place.file} exports no ${place.exportName}.`);
    const remainingMs = () => (stopping ? 0 : Math.max(0, deadline - Date.now()));
    const result = await handler(event, lambdaContext(place, id, remainingMs));
    return { id, result: result === undefined ? null : JSON.parse(JSON.stringify(result)) };
  } catch (thrown) {
    const { name, message, stack } =
      thrown instanceof Error ? thrown : new Error(`Thrown: ${String(thrown)}`);
    return { id, error: { name, message, ...(stack && { stack }) } };
  }
}
