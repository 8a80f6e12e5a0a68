import { createRequire } from 'node:module';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { lambdaContext } from './lambda-context.ts';
import { isStreaming, ResponseStream, streamingRuntime } from './response-stream.ts';

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

/** A part of an answer that is sent as it is made; the next one is sent once it was taken. */
export interface Chunk {
  chunk: Uint8Array;
}

/** The last chunk was taken: there is room for another one. */
export type Taken = 'taken';

interface FunctionPlace {
  file: string;
  exportName: string;
  functionName: string;
  memoryMb: number;
}

type Handler = (...given: unknown[]) => Promise<unknown>;

// The runtime has it before it loads a function.
Object.assign(globalThis, { awslambda: streamingRuntime });

const place = workerData as FunctionPlace;
const load = createRequire(path.join(path.dirname(place.file), 'loader.cjs'));
const handler = (load(place.file) as Record<string, Handler | undefined>)[place.exportName];

parentPort?.postMessage('loaded' satisfies Loaded);

let stopping = false;
let taken: (() => void) | undefined;

parentPort?.on('message', (message: Invocation | Stopping | Taken) => {
  if (message === 'stopping') stopping = true;
  else if (message === 'taken') taken?.();
  else void run(message).then((end) => parentPort?.postMessage(end));
});

async function run({ id, event, timeoutMs }: Invocation): Promise<InvocationEnd> {
  const deadline = Date.now() + timeoutMs;
  try {
    if (!handler) throw new Error(`${place.file} exports no ${place.exportName}.`);
    const remainingMs = () => (stopping ? 0 : Math.max(0, deadline - Date.now()));
    const context = lambdaContext(place, id, remainingMs);
    if (isStreaming(handler)) return { id, result: await streamed(handler, event, context) };
    const result = await handler(event, context);
    return { id, result: result === undefined ? null : JSON.parse(JSON.stringify(result)) };
  } catch (thrown) {
    const { name, message, stack } =
      thrown instanceof Error ? thrown : new Error(`Thrown: ${String(thrown)}`);
    return { id, error: { name, message, ...(stack && { stack }) } };
  }
}

/** All that it wrote was taken when this resolves; nothing tells it whether anybody still reads. */
async function streamed(handler: Handler, event: unknown, context: unknown): Promise<null> {
  const stream = new ResponseStream((chunk) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    taken = resolve;
    parentPort?.postMessage({ chunk } satisfies Chunk);
    return promise;
  });
  await handler(event, stream, context);
  stream.end();
  await finished(stream);
  return null;
}
