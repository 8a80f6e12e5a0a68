import type { LocalAuthorizer } from './authorizer.ts';
import type { CorsConfiguration } from './cors.ts';
import type { EventBuses } from './event-buses.ts';
import type { EventSource } from './event-source.ts';
import type { LocalFunction, LogSink } from './function.ts';
import type { Route } from './http-api.ts';
import type { Objects } from './objects.ts';
import type { Queues } from './queues.ts';
import type { RequestLog } from './request-log.ts';
import type { MadeRestApi } from './rest-api.ts';
import type { RestAuthorizer } from './rest-authorizer.ts';
import type { Secrets } from './secrets.ts';
import type { Tables } from './tables.ts';
import type { Made, Properties, Resolver } from './template.ts';

/** The emulated services, and the resources of the template that were made in them. */
export interface Services {
  assemblyFolder: string;
  queues: Queues;
  objects: Objects;
  tables: Tables;
  secrets: Secrets;
  events: EventBuses;
  apiUrl: string;
  /** Where pages and visitors reach this server: a tunnel's URL, or the API's own. */
  publicUrl: string;
  sink: LogSink;
  /** Maximum of concurrent environments of one function. */
  maxEnvironments: number;
  functions: Map<string, LocalFunction>;
  routes: Route[];
  authorizers: Map<string, LocalAuthorizer>;
  restApis: Map<string, MadeRestApi>;
  restAuthorizers: Map<string, RestAuthorizer>;
  cors?: CorsConfiguration;
  requestLog?: RequestLog;
  eventSources: (() => EventSource)[];
}

/** Makes one resource of a template. */
export type Make = (
  properties: Properties,
  services: Services,
  resolver: Resolver,
  logicalId: string,
) => Made | Promise<Made>;

/** The function that an ARN, or a URI with one in it, names. */
export function functionOf(arnOrName: string, services: Services): LocalFunction {
  const name = /function:([\w-]+)/.exec(arnOrName)?.[1] ?? arnOrName;
  const found = services.functions.get(name);
  if (!found) throw new Error(`The template names the function ${name}, which it does not define.`);
  return found;
}
