import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { DeployedFunction } from '../cloud/deployed-function.ts';
import type { Order, ProcessMessage, ThrownError } from './run-once.ts';

/** The result of one event in a process of its own. Times in milliseconds. */
export interface Invocation {
  requestId: string;
  outcome:
    | { kind: 'returned'; result: unknown }
    | { kind: 'threw'; during: 'init' | 'event'; error: ThrownError }
    | { kind: 'timed out'; afterSeconds: number }
    | { kind: 'crashed'; how: string };
  initMs: number;
  durationMs: number;
  /** Peak memory of the process, Node included; undefined when it ended before it could report. */
  peakMb?: number;
}

/** AWS allows ten seconds for loading, before the function's timeout starts to count. */
const initTimeoutMs = 10_000;

/** Runs one event through the function's bundle as a new Lambda environment would; `log` gets each line that it writes. */
export async function invokeOnce(
  { definition }: Pick<DeployedFunction, 'definition'>,
  event: unknown,
  log: (line: string) => void,
): Promise<Invocation> {
  const { file, exportName, name, memoryMb, environment } = definition;
  const timeoutMs = definition.timeoutSeconds * 1000;
  const requestId = randomUUID();
  const child = fork(new URL('./run-once.ts', import.meta.url), {
    env: environment,
    execArgv: ['--no-warnings', `--max-old-space-size=${memoryMb}`],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const logged = linesOf(child, log);
  const ended = endOf(child, definition.timeoutSeconds);
  const order: Order = {
    file,
    exportName,
    functionName: name,
    memoryMb,
    timeoutMs,
    requestId,
    event,
  };
  child.send(order);
  const end = await ended;
  await logged;
  return { requestId, ...end };
}

type End = Omit<Invocation, 'requestId'>;

function endOf(child: ChildProcess, timeoutSeconds: number): Promise<End> {
  return new Promise((resolve) => {
    let initMs = 0;
    let begun = performance.now();
    let end: End | undefined;
    const elapsed = () => performance.now() - begun;
    const tooLate = (afterSeconds: number) => () => {
      end = {
        outcome: { kind: 'timed out', afterSeconds },
        initMs,
        durationMs: afterSeconds * 1000,
      };
      child.kill('SIGKILL');
    };
    let timer = setTimeout(tooLate(initTimeoutMs / 1000), initTimeoutMs);
    child.on('message', (message: ProcessMessage) => {
      clearTimeout(timer);
      if (message.kind === 'loaded') {
        initMs = message.initMs;
        begun = performance.now();
        timer = setTimeout(tooLate(timeoutSeconds), timeoutSeconds * 1000);
      } else end = endFrom(message, initMs);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const how = signal ? `by ${signal}` : `with code ${code}`;
      resolve(end ?? { outcome: { kind: 'crashed', how }, initMs, durationMs: elapsed() });
    });
  });
}

function endFrom(message: Exclude<ProcessMessage, { kind: 'loaded' }>, initMs: number): End {
  const { durationMs, peakMb } = message;
  if (message.kind === 'ended') {
    return { outcome: { kind: 'returned', result: message.result }, initMs, durationMs, peakMb };
  }
  const { during, error } = message;
  return during === 'init'
    ? { outcome: { kind: 'threw', during, error }, initMs: durationMs, durationMs: 0, peakMb }
    : { outcome: { kind: 'threw', during, error }, initMs, durationMs, peakMb };
}

/** Resolves once both streams have ended. */
async function linesOf(child: ChildProcess, log: (line: string) => void): Promise<void> {
  const streams = [child.stdout, child.stderr].flatMap((stream) => stream ?? []);
  await Promise.all(
    streams.map(async (input) => {
      for await (const line of createInterface({ input })) log(line);
    }),
  );
}
