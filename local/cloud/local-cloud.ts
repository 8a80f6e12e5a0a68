import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { repliesEngineApp } from '../../lib/app.ts';
import { bundleLambdas } from '../../lib/constructs/bundle.ts';
import { bundleSite } from '../../lib/web/bundle-site.ts';
import { type DeployedFunction, deployedFunctions } from './deployed-function.ts';
import { startEventBuses } from './event-buses.ts';
import type { EventSource } from './event-source.ts';
import type { LogSink } from './function.ts';
import { type HttpApiOptions, startHttpApi } from './http-api.ts';
import { startObjects } from './objects.ts';
import { startQueues } from './queues.ts';
import { type RequestContext, type RequestLog, requestLine } from './request-log.ts';
import type { Services } from './resource-maker.ts';
import { makeResources } from './resources.ts';
import { RestApi } from './rest-api.ts';
import { startSecrets } from './secrets.ts';
import { serveSite } from './site.ts';
import { startTables } from './tables.ts';
import { Resolver, type Template } from './template.ts';

export interface LocalCloudOptions {
  /** Port of the HTTP API on 127.0.0.1; 0 takes any free one. */
  port: number;
  /** Where tables and queues are stored between runs; in memory without one. */
  dataDir?: string;
  /** Variables of the deployment, as a shell would give them to `cdk deploy`; may depend on the API's port. */
  environment: (port: number) => Record<string, string | undefined>;
  /** Values by the secrets' names. */
  secrets: Record<string, string>;
  sink: LogSink;
  maxEnvironments?: number;
  /** Takes requests that are not the API's; see `HttpApiOptions`. */
  before?: HttpApiOptions['before'];
  /** False: no function polls the queues; true by default. */
  polls?: boolean;
}

export interface LocalCloud {
  port: number;
  /** `http://localhost:<port>` */
  url: string;
  services: Services;
  /** The stack's outputs by their names. */
  outputs: Record<string, string>;
  functionNames: string[];
  /** The functions with their names and settings in the template. */
  deployed: DeployedFunction[];
  /** Ends everything within two seconds; messages in flight go back into their queues. */
  stop(): Promise<void>;
}

/** Maximum of concurrent environments of one function; more are of no use on a laptop. */
const defaultMaxEnvironments = 4;

/** Synthesizes the stack and runs that very template on this machine. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const kept = options.port ? undefined : await keptPort();
  const port = kept?.port ?? options.port;
  const assemblyFolder = mkdtempSync(path.join(os.tmpdir(), 'replies-engine-'));
  const environment = options.environment(port);
  const template = await synthesize(assemblyFolder, environment);
  const folder = (name: string) => options.dataDir && path.join(options.dataDir, name);
  const [queues, objects, tables, secrets] = await Promise.all([
    startQueues(folder('queues')),
    startObjects(folder('objects')),
    startTables(folder('tables')),
    startSecrets(folder('secrets')),
  ]);
  const events = await startEventBuses(queues);
  const services: Services = {
    assemblyFolder,
    queues,
    objects,
    tables,
    secrets,
    events,
    apiUrl: `http://localhost:${port}`,
    publicUrl: environment['PUBLIC_BASE_URL']?.replace(/\/+$/, '') ?? `http://localhost:${port}`,
    sink: options.sink,
    maxEnvironments: options.maxEnvironments ?? defaultMaxEnvironments,
    functions: new Map(),
    routes: [],
    authorizers: new Map(),
    restApis: new Map(),
    restAuthorizers: new Map(),
    eventSources: [],
  };
  const resolver = new Resolver(template);
  const closeServices = async () => {
    await Promise.all([queues, objects, tables, secrets, events].map((service) => service.close()));
    rmSync(assemblyFolder, { recursive: true, force: true });
  };
  let server: Server;
  try {
    await makeResources(template, resolver, services);
    for (const [name, value] of Object.entries(options.secrets)) secrets.fill(name, value);
    await kept?.release();
    const { PUBLIC_BASE_URL: publicBaseUrl } = environment;
    server = await startHttpApi(services.routes, port, {
      ...(publicBaseUrl && { publicBaseUrl }),
      ...(services.cors && { cors: services.cors }),
      before: oneAfterAnother([options.before, serveSite(), ...restApisOf(services)]),
      ...(services.requestLog && { requested: writeRequestTo(services.requestLog, options.sink) }),
    });
  } catch (error) {
    await kept?.release();
    await closeServices();
    throw error;
  }
  const polled = options.polls === false ? [] : services.eventSources;
  const eventSources: EventSource[] = polled.map((start) => start());

  return {
    port,
    url: services.apiUrl,
    services,
    outputs: outputsOf(template, resolver),
    functionNames: [...services.functions.keys()],
    deployed: deployedFunctions(template, resolver, services.functions),
    async stop() {
      server.close();
      for (const eventSource of eventSources) eventSource.stopPolling();
      await Promise.all([...services.functions.values()].map((one) => one.stop()));
      await Promise.all(eventSources.map((eventSource) => eventSource.giveBack()));
      server.closeAllConnections();
      await closeServices();
    },
  };
}

type Before = NonNullable<HttpApiOptions['before']>;

/** The first that answers a request has answered it. */
const oneAfterAnother =
  (all: (Before | undefined)[]): Before =>
  async (request, response) => {
    for (const one of all) if (await one?.(request, response)) return true;
    return false;
  };

const restApisOf = ({ restApis, sink }: Services): Before[] =>
  [...restApis].flatMap(([id, { stage, log, methods, gatewayAnswers }]) => {
    if (stage === undefined) return [];
    const requested = log && { requested: writeRequestTo(log, sink) };
    const api = new RestApi({ id, stage, methods, gatewayAnswers, ...requested });
    return [(request, response) => api.answer(request, response)];
  });

async function synthesize(
  outdir: string,
  environment: Record<string, string | undefined>,
): Promise<Template> {
  await bundleLambdas();
  await bundleSite();
  const context = { ProjectPrefix: 'replies-engine', EnvironmentName: 'local' };
  const { app, stack } = repliesEngineApp({ context, environment, outdir, checked: false });
  app.synth();
  // The bundles are CommonJS, whatever package.json is above their folder.
  writeFileSync(path.join(outdir, 'package.json'), '{"type":"commonjs"}\n');
  const file = path.join(outdir, `${stack.artifactId}.template.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as Template;
}

const writeRequestTo =
  ({ name, format }: RequestLog, sink: LogSink) =>
  (context: RequestContext): void =>
    sink(name, requestLine(format, context));

function outputsOf(template: Template, resolver: Resolver): Record<string, string> {
  return Object.fromEntries(
    Object.entries(template.Outputs ?? {}).map(([name, { Value }]) => [name, resolver.text(Value)]),
  );
}

/** A free port, held until the API listens: the stack needs it earlier, and another process could take it meanwhile. */
async function keptPort(): Promise<{ port: number; release(): Promise<void> }> {
  const keeper = await startHttpApi([], 0);
  const { port } = keeper.address() as AddressInfo;
  const release = async () => {
    if (!keeper.listening) return;
    keeper.closeAllConnections();
    await new Promise((resolve) => keeper.close(resolve));
  };
  return { port, release };
}
