import * as z from 'zod/mini';
import { productEvents } from '../events/messages.ts';
import { feature } from '../shared/features/feature.ts';
import { publicOrLoopbackUrl, publicUrl, withUrlsAsCalled } from '../shared/public-url.ts';

/** Where a company receives events, and which. */
const webhooksFeature = <Url extends z.ZodMiniType<string>>(url: Url) =>
  z.strictObject({
    url: url.check(z.describe('Where events are posted')),
    events: z
      .optional(z.array(z.enum(productEvents)).check(z.minLength(1)))
      .check(z.describe('Which events; all of them where it names none')),
    secret_version: z
      ._default(z.int().check(z.gte(1), z.lte(1_000_000)), 1)
      .check(
        z.describe('One more makes a new signing secret; the one before signs too, until the next'),
      ),
  });

/** The features of a tenant's configuration that this context reads. */
export const features = { webhooks: webhooksFeature(publicUrl) };

/** The same on the stage that runs on one machine, whose receivers may be there too. */
export const loopbackFeatures = { webhooks: webhooksFeature(publicOrLoopbackUrl) };

export type WebhooksFeature = z.output<typeof features.webhooks>;

/** Where a company receives events; `loopback` also on this machine. */
export const webhooksOf = (loopback: boolean) =>
  feature(
    'webhooks',
    z.pipe(z.transform(withUrlsAsCalled), (loopback ? loopbackFeatures : features).webhooks),
    { unset: undefined, malformed: 'alert' },
  );
