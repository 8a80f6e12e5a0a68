import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { startEventBuses } from '../../../local/cloud/event-buses.ts';
import type { Services } from '../../../local/cloud/resource-maker.ts';
import { makeResources } from '../../../local/cloud/resources.ts';
import { startSecrets } from '../../../local/cloud/secrets.ts';
import { Resolver, type Resource } from '../../../local/cloud/template.ts';
import { objectsHere, queuesHere, tablesHere } from '../../support/stores.ts';
import { aFolder } from './fixtures.ts';

/** Makes these resources in services of the test's own. */
export async function make(resources: Record<string, Resource>, conditions = {}) {
  const [queues, objects, tables, secrets] = await Promise.all([
    queuesHere(),
    objectsHere(),
    tablesHere(),
    startSecrets(),
  ]);
  const events = await startEventBuses(queues);
  const services: Services = {
    assemblyFolder: aFolder(),
    queues,
    objects,
    tables,
    secrets,
    events,
    apiUrl: 'http://localhost:3000',
    publicUrl: 'http://localhost:3000',
    sink: () => undefined,
    maxEnvironments: 1,
    functions: new Map(),
    routes: [],
    authorizers: new Map(),
    restApis: new Map(),
    restAuthorizers: new Map(),
    eventSources: [],
  };
  onTestFinished(async () => {
    await Promise.all([...services.functions.values()].map((one) => one.stop()));
    await Promise.all([queues, objects, tables, secrets, events].map((service) => service.close()));
  });
  const asset = path.join(services.assemblyFolder, 'asset.abc');
  mkdirSync(asset);
  writeFileSync(path.join(asset, 'index.js'), 'exports.handler = async () => process.env;');
  const template = { Resources: resources, Conditions: conditions };
  const resolver = new Resolver(template);
  await makeResources(template, resolver, services);
  return { services, resolver };
}
