import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type {
  Chunk,
  Invocation,
  InvocationEnd,
  Loaded,
  Stopping,
  Taken,
} from './function-worker.ts';
import { runtimeLines } from './runtime-lines.ts';

export interface FunctionDefinition {
  name: string;
  file: string;
  exportName: string;
  memoryMb: number;
  timeoutSeconds: number;
  /** Exactly what the template and the Lambda runtime set. */
  environment: Record<string, string>;
}

/** Gets each line that a function writes. */
export type LogSink = (functionName: string, line: string) => void;

/** An invocation that failed, as the Lambda service reports it to an event source or API. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
}

/** Takes a part of an answer that is sent as it is made; resolves when there is room for the next one. */
export type Take = (chunk: Uint8Array) => Promise<void>;

interface Environment {
  worker: Worker;
  isLoaded: boolean;
  end?: {
    id: string;
    resolve(result: unknown): void;
    reject(error: Error): void;
    timer: NodeJS.Timeout;
    take: Take;
  };
}

/** How long Lambda lets a function load, before its timeout starts to count. */
const loadMs = 10_000;

/** Longer than the first pause between two polls of a model's run, which is one second. */
const stopGraceMs = 1_200;

/** A Lambda function: a pool of environments, each with one event at a time; a timeout ends its environment. */
export class LocalFunction {
  readonly definition: FunctionDefinition;
  readonly #sink: LogSink;
  #maxEnvironments: number;
  readonly #idle: Environment[] = [];
  readonly #all = new Set<Environment>();
  readonly #waiting: PromiseWithResolvers<Environment>[] = [];
  readonly #atWork = new Set<Promise<unknown>>();
  #stopped = false;

  constructor(definition: FunctionDefinition, sink: LogSink, maxEnvironments: number) {
    this.definition = definition;
    this.#sink = sink;
    this.#maxEnvironments = maxEnvironments;
  }

  /** At least so many: whoever streams keeps an environment for as long as it takes. */
  allowEnvironments(atLeast: number): void {
    this.#maxEnvironments = Math.max(this.#maxEnvironments, atLeast);
  }

  /**
   * Resolves with what the handler returned, of one that streams with the text that nobody took; rejects with a
   * FunctionError when it failed or took too long.
   */
  async invoke(event: unknown): Promise<unknown> {
    const untaken: Uint8Array[] = [];
    const result = await this.stream(event, async (chunk) => void untaken.push(chunk));
    return untaken.length > 0 ? Buffer.concat(untaken).toString('utf8') : result;
  }

  /** Hands the parts of the answer over as the handler writes them; settles as `invoke` does. */
  async stream(event: unknown, take: Take): Promise<unknown> {
    const environment = await this.#take();
    const timeoutMs = this.definition.timeoutSeconds * 1000;
    const id = randomUUID();
    const end = new Promise<unknown>((resolve, reject) => {
      // It may have ended between its selection and its use.
      if (!this.#all.has(environment)) return reject(this.#stoppedError());
      const timer = this.#timer(environment, id, environment.isLoaded ? 0 : loadMs);
      environment.end = { id, resolve, reject, timer, take };
      const invocation: Invocation = { id, event, timeoutMs };
      environment.worker.postMessage(invocation);
    });
    this.#atWork.add(end);
    return end.finally(() => this.#atWork.delete(end));
  }

  /** Ends the environment `moreMs` after the function's timeout. */
  #timer(environment: Environment, id: string, moreMs: number): NodeJS.Timeout {
    const { name, timeoutSeconds } = this.definition;
    const end = () => {
      this.#sink(name, runtimeLines.timedOut(id, timeoutSeconds));
      const message = `${name} timed out after ${timeoutSeconds} s.`;
      this.#discard(environment, new FunctionError(message));
    };
    return setTimeout(end, timeoutSeconds * 1000 + moreMs);
  }

  /** Tells running handlers that no time remains, and ends all environments shortly after. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#stoppedError());
    await this.#windDown();
    const all = [...this.#all];
    for (const environment of all) {
      this.#discard(environment, this.#stoppedError());
    }
    await Promise.all(all.map(({ worker }) => worker.terminate()));
  }

  async #windDown(): Promise<void> {
    if (this.#atWork.size === 0) return;
    for (const { worker } of this.#all) worker.postMessage('stopping' satisfies Stopping);
    const ended = Promise.allSettled(this.#atWork);
    await Promise.race([ended, sleep(stopGraceMs, undefined, { ref: false })]);
  }

  #stoppedError = () => new FunctionError(`${this.definition.name} was stopped.`);

  /** Ends all environments in the middle of their work, as a crash would; later events get new ones. */
  crash(): void {
    const { name } = this.definition;
    for (const environment of [...this.#all]) {
      if (environment.end)
        this.#sink(name, runtimeLines.exited(environment.end.id, 'signal: killed'));
      this.#discard(environment, new FunctionError(`${name} has crashed.`));
    }
  }

  async #take(): Promise<Environment> {
    if (this.#stopped) throw this.#stoppedError();
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#all.size < this.#maxEnvironments) return this.#start();
    const waiting = Promise.withResolvers<Environment>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  #start(): Environment {
    const { name, file, exportName, memoryMb, environment: env } = this.definition;
    const worker = new Worker(new URL('./function-worker.ts', import.meta.url), {
      workerData: { file, exportName, functionName: name, memoryMb },
      env,
      stdout: true,
      stderr: true,
      execArgv: ['--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    const environment: Environment = { worker, isLoaded: false };
    this.#all.add(environment);
    for (const stream of [worker.stdout, worker.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#sink(name, line));
    }
    worker.on('message', (message: Loaded | InvocationEnd | Chunk) => {
      if (message === 'loaded') this.#loaded(environment);
      else if ('chunk' in message) void this.#taken(environment, message);
      else this.#ended(environment, message);
    });
    worker.on('error', (error) => {
      this.#sink(name, runtimeLines.uncaught(environment.end?.id ?? '', error));
      this.#discard(environment, new FunctionError(`${name} crashed: ${error.message}`));
    });
    worker.on('exit', (code) => {
      if (environment.end) {
        this.#sink(name, runtimeLines.exited(environment.end.id, `exit status ${code}`));
      }
      this.#discard(environment, new FunctionError(`${name} exited in the middle of an event.`));
    });
    return environment;
  }

  #loaded(environment: Environment): void {
    environment.isLoaded = true;
    const { end } = environment;
    if (!end) return;
    clearTimeout(end.timer);
    end.timer = this.#timer(environment, end.id, 0);
  }

  async #taken({ worker, end }: Environment, { chunk }: Chunk): Promise<void> {
    await end?.take(chunk);
    worker.postMessage('taken' satisfies Taken);
  }

  #ended(environment: Environment, end: InvocationEnd): void {
    const waiting = environment.end;
    if (!waiting) return;
    clearTimeout(waiting.timer);
    delete environment.end;
    if ('error' in end) {
      this.#sink(this.definition.name, runtimeLines.invokeError(waiting.id, end.error));
      waiting.reject(new FunctionError(`${end.error.name}: ${end.error.message}`));
    } else {
      waiting.resolve(end.result);
    }
    this.#release(environment);
  }

  #release(environment: Environment): void {
    const next = this.#waiting.shift();
    if (next) next.resolve(environment);
    else this.#idle.push(environment);
  }

  #discard(environment: Environment, error: FunctionError): void {
    if (!this.#all.delete(environment)) return;
    const index = this.#idle.indexOf(environment);
    if (index !== -1) this.#idle.splice(index, 1);
    if (environment.end) {
      clearTimeout(environment.end.timer);
      environment.end.reject(error);
      delete environment.end;
    }
    void environment.worker.terminate();
    const next = this.#waiting.shift();
    if (next) next.resolve(this.#start());
  }
}
