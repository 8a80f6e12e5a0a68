import type { ProductEvent } from '../../events/messages.ts';
import type { Clock } from '../../shared/clock.ts';
import { alertPerson, retryLater } from '../../shared/errors.ts';
import type { Log, Meter } from '../../shared/log.ts';
import type { Tenant } from '../../tenancy/tenant.ts';
import { type Endpoint, wants } from './endpoint.ts';
import { signedHeaders, signingSecrets } from './signing.ts';

export interface DeliveryPorts {
  tenant(tenantId: string): Promise<Pick<Tenant, 'status'> | undefined>;
  endpoints: {
    find(tenantId: string): Promise<Endpoint | undefined>;
    /** Holds for this version of the configuration: setting it again ends it. */
    disable(tenantId: string, version: number, reason: string): Promise<void>;
  };
  signingKey(): Promise<string>;
  /** Throws `retry` where the receiver gives no answer. */
  post(url: string, request: { headers: Record<string, string>; body: string }): Promise<Answer>;
  clock: Pick<Clock, 'now'>;
  /** Names the company and the event on each line. */
  log: Log;
  meter: Meter;
}

export interface Answer {
  status: number;
  retryAfterSeconds?: number;
}

/** Sends an event to a company. Throws if it could not be delivered. */
export async function deliverEvent(event: ProductEvent, ports: DeliveryPorts): Promise<void> {
  const endpoint = await openEndpoint(event, ports);
  if (endpoint) await send(event, endpoint, ports);
}

/** The endpoint that must receive the event; undefined if there is none, or none may. */
async function openEndpoint(
  event: ProductEvent,
  { tenant, endpoints, meter, log }: DeliveryPorts,
): Promise<Endpoint | undefined> {
  const { tenant_id } = event;
  const company = await tenant(tenant_id);
  if (!company) {
    throw alertPerson('tenant_unknown', `${tenant_id} is not on this deployment.`);
  }
  if (company.status === 'suspended') {
    meter.count('WebhookWithheld');
    log.info('The company is suspended: the event is not sent.');
    return undefined;
  }
  const endpoint = await endpoints.find(tenant_id);
  if (!endpoint || !wants(endpoint, event)) return undefined;
  if (!endpoint.disabled) return endpoint;
  meter.count('WebhookDisabled');
  log.info('The endpoint is disabled: the event is not sent.');
  return undefined;
}

async function send(event: ProductEvent, endpoint: Endpoint, ports: DeliveryPorts): Promise<void> {
  const { clock, meter, log } = ports;
  const { id, type, tenant_id, occurred_at, data } = event;
  const body = JSON.stringify({ type, timestamp: occurred_at, data });
  const key = await ports.signingKey();
  const secrets = signingSecrets(key, tenant_id, endpoint.secret_version);
  const headers = {
    'content-type': 'application/json',
    ...signedHeaders({ id, atMs: clock.now(), body }, secrets),
  };
  const { status, retryAfterSeconds } = await ports.post(endpoint.url, { headers, body });
  if (status >= 200 && status < 300) {
    meter.count('WebhookDelivered');
    meter.seconds('WebhookSeconds', Math.max(0, clock.now() - Date.parse(occurred_at)) / 1000);
    log.info('An event was delivered.', { status });
    return;
  }
  if (status === gone) {
    await ports.endpoints.disable(tenant_id, endpoint.version, goneReason);
    meter.count('WebhookDisabled');
    log.warn('The receiver is gone; the endpoint is disabled.');
    return;
  }
  throw retryLater('webhook_refused', `The receiver of ${tenant_id} answered ${status}.`, {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

const gone = 410;
const goneReason =
  'The receiver answered 410 Gone. Set the feature webhooks again, and events are sent again.';
