import type { ProductEvent } from '../../events/messages.ts';
import { productEvents } from '../../events/messages.ts';
import type { WebhooksFeature } from '../features.ts';
import type { EndpointView } from '../routes.ts';
import { secretOf } from './signing.ts';

/** Where a company receives events, as it has configured it, and whether the receiver has said that it is gone. */
export interface Endpoint extends WebhooksFeature {
  /** The version of the configuration that names it. */
  version: number;
  disabled: Disabled | undefined;
}

export interface Disabled {
  disabled_at: string;
  reason: string;
}

/** Whether the company wants this event; it has asked for a test itself. */
export const wants = ({ events }: Endpoint, { type }: ProductEvent): boolean =>
  type === 'webhook.test' || !events || events.includes(type);

const none: EndpointView = {
  url: null,
  state: 'none',
  disabled_at: null,
  reason: null,
  signing_secret: null,
  events: [],
};

/** What a company is shown of its endpoint. */
export function viewOf(
  endpoint: Endpoint | undefined,
  tenantId: string,
  signingKey: string,
): EndpointView {
  if (!endpoint) return none;
  const { url, events, disabled, secret_version } = endpoint;
  return {
    url,
    state: disabled ? 'disabled' : 'active',
    disabled_at: disabled?.disabled_at ?? null,
    reason: disabled?.reason ?? null,
    signing_secret: secretOf(signingKey, tenantId, secret_version),
    events: [...(events ?? productEvents)],
  };
}
