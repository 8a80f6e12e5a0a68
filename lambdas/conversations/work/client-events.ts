import * as z from 'zod/mini';

/** How many events a request has at most, how large it is, and for how many days they are kept. */
export const clientEventLimits = { events: 50, bodyBytes: 65_536, retentionDays: 90 } as const;

/** A page's address; a visitor's browser sends it as it stands in its address bar. */
const pageUrl = z.string().check(
  z.maxLength(2_000),
  z.refine((url) => /^https?:\/\//i.test(url) && URL.canParse(url), {
    error: 'It is no address of a web page.',
  }),
);
const id = z.string().check(z.minLength(1), z.maxLength(256));
const title = z.string().check(z.maxLength(500));
const amount = z.int().check(z.gte(1), z.lte(1_000_000));

/** What each event tells: the events that there are, and no others. */
const propertiesOf = {
  page_viewed: { url: pageUrl, title: z.optional(title), referrer: z.optional(pageUrl) },
  widget_opened: { trigger: z.optional(z.enum(['visitor', 'page', 'link'])) },
  widget_closed: {},
  conversation_opened: { conversation_id: id },
  starter_clicked: { text: title, starter_id: z.optional(id) },
  faq_viewed: { faq_item_id: id },
  link_clicked: { url: pageUrl, message_id: z.optional(id) },
  product_viewed: { product_id: id, variant_id: z.optional(id), title: z.optional(title) },
  product_added: { product_id: id, variant_id: z.optional(id), quantity: z._default(amount, 1) },
  checkout_started: { item_count: z.optional(amount) },
  error_shown: { code: z.string().check(z.regex(/^[\w.-]{1,100}$/)) },
} as const;

export type ClientEventName = keyof typeof propertiesOf;
export const clientEventNames = Object.keys(propertiesOf) as ClientEventName[];

/** An event is known again by its id and its time. */
const common = {
  event_id: z.guid().check(z.toLowerCase()),
  occurred_at: z.iso.datetime(),
  page_url: z.optional(pageUrl),
};

const schemaOf = (name: ClientEventName) => {
  const properties = z.strictObject(propertiesOf[name]);
  const mayBeLeftOut = z.safeParse(properties, {}).success;
  return z.strictObject({
    ...common,
    name: z.literal(name),
    properties: mayBeLeftOut ? z._default(properties, {}) : properties,
  });
};

const schemas = new Map<unknown, ReturnType<typeof schemaOf>>(
  clientEventNames.map((name) => [name, schemaOf(name)]),
);

/** The schema of the events of a name; undefined where there are none. */
export const clientEventSchema = (name: unknown) => schemas.get(name);

/** Any of the events. */
export const anyClientEvent = z.union([...schemas.values()]);

export interface ClientEvent {
  event_id: string;
  name: ClientEventName;
  occurred_at: string;
  page_url?: string | undefined;
  properties: Record<string, unknown>;
}

/** An event as it is kept. */
export const keptClientEvent = z.object({
  event_id: z.guid(),
  name: z.enum(clientEventNames),
  occurred_at: z.iso.datetime(),
  page_url: z.optional(z.string()),
  properties: z.record(z.string(), z.unknown()),
  received_at: z.iso.datetime(),
  sent_by: z.string(),
});
export type KeptClientEvent = z.output<typeof keptClientEvent>;
