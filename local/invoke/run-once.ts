import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { finished } from 'node:stream/promises';
import { lambdaContext } from '../cloud/lambda-context.ts';
import {
  isStreaming,
  metadataEnd,
  ResponseStream,
  streamingRuntime,
} from '../cloud/response-stream.ts';

/** The process loads the bundle, handles one event, reports the result, and ends. */
export interface Order {
  file: string;
  exportName: string;
  functionName: string;
  memoryMb: number;
  timeoutMs: number;
  requestId: string;
  event: unknown;
}

/** Times in milliseconds. */
export type ProcessMessage = { kind: 'loaded'; initMs: number } | (Ending & { peakMb: number });

type Ending =
  | { kind: 'ended'; durationMs: number; result: unknown }
  | { kind: 'failed'; during: 'init' | 'event'; durationMs: number; error: ThrownError };

export interface ThrownError {
  name: string;
  message: string;
  stack?: string;
}

type Handler = (...given: unknown[]) => Promise<unknown>;

// The runtime has it before it loads a function.
Object.assign(globalThis, { awslambda: streamingRuntime });

process.once('message', (order: Order) => void run(order));

async function run(order: Order): Promise<void> {
  const from = performance.now();
  let handler: Handler;
  try {
    handler = load(order);
  } catch (thrown) {
    return last({
      kind: 'failed',
      during: 'init',
      durationMs: since(from),
      error: asError(thrown),
    });
  }
  send({ kind: 'loaded', initMs: since(from) });
  last(await handled(handler, order));
}

function load({ file, exportName }: Order): Handler {
  const exported = createRequire(path.join(path.dirname(file), 'loader.cjs'))(file);
  const handler = (exported as Record<string, unknown>)[exportName];
  if (typeof handler !== 'function') throw new Error(`The bundle exports no ${exportName}.`);
  return handler as Handler;
}

async function handled(handler: Handler, order: Order): Promise<Ending> {
  const from = performance.now();
  const remainingMs = () => Math.max(0, order.timeoutMs - since(from));
  try {
    const context = lambdaContext(order, order.requestId, remainingMs);
    const result = isStreaming(handler)
      ? await streamed(handler, order.event, context)
      : await handler(order.event, context);
    // As the Lambda runtime does it: only JSON is returned.
    const json: unknown = result === undefined ? null : JSON.parse(JSON.stringify(result));
    return { kind: 'ended', durationMs: since(from), result: json };
  } catch (thrown) {
    return { kind: 'failed', during: 'event', durationMs: since(from), error: asError(thrown) };
  }
}

/** What a function that streams has written, as the answer that its client gets. */
async function streamed(handler: Handler, event: unknown, context: unknown) {
  const chunks: Uint8Array[] = [];
  const stream = new ResponseStream(async (chunk) => void chunks.push(chunk));
  await handler(event, stream, context);
  stream.end();
  await finished(stream);
  const written = Buffer.concat(chunks);
  const end = written.indexOf(metadataEnd);
  if (end < 0) return { body: written.toString() };
  const metadata = JSON.parse(written.subarray(0, end).toString()) as object;
  return { ...metadata, body: written.subarray(end + metadataEnd.length).toString() };
}

const since = (from: number): number => performance.now() - from;

function asError(thrown: unknown): ThrownError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: `Thrown: ${String(thrown)}` };
  const { name, message, stack } = thrown;
  return { name, message, ...(stack && { stack }) };
}

const send = (message: ProcessMessage) => void process.send?.(message);

/** Lambda freezes open handles, such as connections; here they end with the process. */
function last(ending: Ending): void {
  process.send?.({ ...ending, peakMb: peakKb() / 1024 } satisfies ProcessMessage, () =>
    process.exit(),
  );
}

/** Linux includes the parent's memory in `maxRSS`; VmHWM is of this process alone. */
function peakKb(): number {
  const status = '/proc/self/status';
  const own = existsSync(status) && /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(status, 'utf8'))?.[1];
  return own ? Number(own) : process.resourceUsage().maxRSS;
}
