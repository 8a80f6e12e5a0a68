import type { Fault } from '../shared/fault.ts';
import { invalid, parsed } from '../shared/http/faults.ts';
import { isLongerWritten } from '../shared/http/json-body.ts';
import { etagOf, preconditionFailed } from '../shared/http/preconditions.ts';
import { notFound, tooLarge } from '../shared/http/problem.ts';
import type { Serve } from '../tenancy/protected-app.ts';
import { knownFeatures, schemaOf } from './features.ts';
import { limits } from './limits.ts';
import { routes } from './routes.ts';
import type { ConfigurationStore } from './stores/configuration-store.ts';

export interface ConfigurationPorts {
  configurations: ConfigurationStore;
  /** Features may name receivers on this machine by plain http. */
  loopback: boolean;
}

/** The tenant's own configuration: read, set, deleted, and who changed what. */
export function serveConfiguration(serve: Serve, ports: ConfigurationPorts): void {
  const { configurations: store, loopback } = ports;

  serve(routes.setConfiguration, async ({ params, headers, body, caller }) => {
    const { feature_name: feature } = params;
    const { feature_value: value } = body;
    const faults = faultsOfFeature(feature, value, loopback);
    if (faults.length > 0) return invalid(faults);
    if (isLongerWritten(value, limits.featureBytes)) return tooLarge(limits.featureBytes);
    const result = await store.set(caller.tenant_id, feature, {
      value,
      by: caller.principal,
      expected: headers['If-Match'] ?? headers['If-None-Match'],
    });
    if (result.kind === 'conflict') return conflict;
    const note = schemaOf(feature, loopback) ? {} : { note: isFree };
    return {
      status: result.created ? 201 : 200,
      headers: etagOf(result.configured),
      body: { ...result.configured, ...note },
    };
  });

  serve(routes.listConfiguration, async ({ query: { limit, cursor }, caller }) => {
    const { items, next } = await store.list(caller.tenant_id, limit, cursor);
    return { body: { configurations: items, next_cursor: next ?? null } };
  });

  serve(routes.listChanges, async ({ params, query: { limit, cursor }, caller }) => {
    const found = await store.changes(caller.tenant_id, params.feature_name, limit, cursor);
    if (!found) return notSet(params);
    return { body: { changes: found.items, next_cursor: found.next ?? null } };
  });

  serve(routes.getConfiguration, async ({ params, caller }) => {
    const found = await store.find(caller.tenant_id, params.feature_name);
    return found ? { headers: etagOf(found), body: found } : notSet(params);
  });

  serve(routes.deleteConfiguration, async ({ params, headers, caller }) => {
    const change = { by: caller.principal, expected: headers['If-Match'] };
    const result = await store.remove(caller.tenant_id, params.feature_name, change);
    if (result.kind === 'unchanged') return notSet(params);
    return result.kind === 'conflict' ? conflict : {};
  });
}

function faultsOfFeature(feature: string, value: unknown, loopback: boolean): Fault[] {
  if (value === undefined) return [{ pointer: '#/feature_value', detail: 'It is missing.' }];
  const schema = schemaOf(feature, loopback);
  const result = schema && parsed(schema, value);
  if (!result || 'value' in result) return [];
  return result.faults.map((fault) => ({
    ...fault,
    pointer: fault.pointer.replace('#', '#/feature_value'),
  }));
}

/** A company's own programs may store features here; a misspelt name looks the same. */
const isFree = `It is kept, but nothing here reads it: the product reads ${Object.keys(knownFeatures).join(', ')}.`;

const conflict = preconditionFailed('The feature');

const notSet = ({ feature_name }: { feature_name: string }) =>
  notFound(`The feature ${feature_name} is not set.`);
