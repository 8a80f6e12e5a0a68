import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalFunction } from '../../local/cloud/function.ts';
import type { Engine } from '../../local/engine.ts';
import type { Work } from './counted.ts';
import { type RunningProxy, startProxy } from './proxy.ts';
import { QueueCalls } from './queue-calls.ts';
import { indexesOf, StoreCalls } from './store-calls.ts';

type Counts = Omit<Work, 'units'>;

const nothing = (): Pick<
  Counts,
  'functions' | 'http_requests' | 'secret_reads' | 'events' | 'log'
> => ({
  functions: {},
  http_requests: 0,
  secret_reads: 0,
  events: 0,
  log: { lines: 0, bytes: 0 },
});

const prefix = 'replies-engine-';
const stage = '-local';

/** Counts what the functions of a local cloud do, from outside of them. */
export class Watch {
  /** Takes the functions' log lines; to be given to the engine as its sink. */
  readonly sink = (_name: string, line: string): void => this.#line(line);
  readonly metrics = new Set<string>();
  #counts = nothing();
  #store: StoreCalls | undefined;
  readonly #queues = new QueueCalls();
  readonly #proxies: RunningProxy[] = [];

  /** To be called before the first event: environments keep what they were started with. */
  async begin({ cloud: { services } }: Engine): Promise<void> {
    const store = new StoreCalls(await indexesOf(services.tables.client));
    this.#store = store;
    const secrets = {
      take: () => {
        this.#counts.secret_reads += 1;
      },
    };
    const events = {
      take: () => {
        this.#counts.events += 1;
      },
    };
    const urls = {
      AWS_ENDPOINT_URL_DYNAMODB: await this.#before(services.tables.endpoint, store),
      AWS_ENDPOINT_URL_SQS: await this.#before(services.queues.endpoint, this.#queues),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: await this.#before(services.secrets.url, secrets),
      AWS_ENDPOINT_URL_EVENTBRIDGE: await this.#before(services.events.url, events),
    };
    this.#queues.watch(services.queues.client);
    for (const one of services.functions.values()) {
      Object.assign(one.definition.environment, urls);
      this.#time(one);
    }
  }

  /** What was done since the last call. */
  take(): Counts {
    const { reads = 0, writes = 0 } = this.#store ?? {};
    const counts = { ...this.#counts, dynamodb: { reads, writes }, sqs: this.#queues.requests() };
    this.#counts = nothing();
    Object.assign(this.#store ?? {}, { reads: 0, writes: 0 });
    this.#queues.reset();
    return counts;
  }

  /** Resolves once nothing has been done for a while. */
  async quiet(forMs = 2_000): Promise<void> {
    for (let before = ''; ; await sleep(forMs)) {
      const now = JSON.stringify([this.#counts, this.#store, this.#queues.requests()]);
      if (now === before) return;
      before = now;
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  async #before(endpoint: string, watcher: Parameters<typeof startProxy>[1]): Promise<string> {
    const proxy = await startProxy(endpoint, watcher);
    this.#proxies.push(proxy);
    return proxy.url;
  }

  #time(one: LocalFunction): void {
    const name = one.definition.name.slice(prefix.length, -stage.length);
    const invoke = one.invoke.bind(one);
    one.invoke = async (event) => {
      const begun = performance.now();
      try {
        return await invoke(event);
      } finally {
        // Billed in whole milliseconds.
        this.#invoked(name, event, Math.ceil(performance.now() - begun) / 1000);
      }
    };
  }

  #invoked(name: string, event: unknown, seconds: number): void {
    const { functions } = this.#counts;
    const before = functions[name] ?? { invocations: 0, seconds: 0 };
    functions[name] = {
      invocations: before.invocations + 1,
      seconds: before.seconds + seconds,
    };
    const { version, type } = event as { version?: string; type?: string };
    if (version === '2.0' && type !== 'REQUEST') this.#counts.http_requests += 1;
  }

  #line(line: string): void {
    this.#counts.log.lines += 1;
    this.#counts.log.bytes += Buffer.byteLength(line);
    if (!line.includes('"_aws"')) return;
    const { _aws } = JSON.parse(line) as {
      _aws: { CloudWatchMetrics: { Metrics: { Name: string }[] }[] };
    };
    for (const { Metrics: metrics } of _aws.CloudWatchMetrics) {
      for (const { Name: name } of metrics) this.metrics.add(name);
    }
  }
}
