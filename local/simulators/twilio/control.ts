import { Hono } from 'hono';
import { z } from 'zod';
import { faultOf, jsonText } from '../control-requests.ts';
import type { Faults, SimulatorEnv } from '../faults.ts';
import type { Customers } from './customers.ts';
import type { EventLog } from './events.ts';
import type { Records } from './records.ts';

export interface ControlParts {
  accountSid: string;
  faults: Faults;
  records: Records;
  events: EventLog;
  customers: Customers;
  closing: AbortSignal;
}

const maxWaitSeconds = 60;

const address = z
  .string()
  .transform((text) => (text.startsWith('whatsapp:') ? text : `whatsapp:${text}`))
  .refine(
    (text) => /^whatsapp:\+[1-9]\d{6,14}$/.test(text),
    'Expected an address like whatsapp:+15551230001',
  );

const customerMessage = z.strictObject({
  to: address,
  body: z.string().optional(),
  media: z
    .array(
      z.strictObject({
        contentType: z.string(),
        bytes: z.base64().transform((text) => Buffer.from(text, 'base64')),
      }),
    )
    .max(10)
    .optional(),
  buttonText: z.string().optional(),
  buttonPayload: z.string().optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  address: z.string().optional(),
  label: z.string().optional(),
  forwarded: z.boolean().optional(),
  originalRepliedMessageSid: z.string().optional(),
  profileName: z.string().optional(),
  extra: z.record(z.string(), z.string()).optional(),
  messageSid: z
    .string()
    .regex(/^(SM|MM)[0-9a-f]{32}$/)
    .optional(),
});

const fault = faultOf(
  z.enum(['messages.create', 'messages.list', 'messages.fetch', 'media.fetch', 'typing.create']),
);

const eventsQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  wait: z.coerce.number().min(0).max(maxWaitSeconds).default(0),
});

/** For other processes, such as the terminal chat: messages of customers, their events, faults. */
export function controlRoutes({
  accountSid,
  faults,
  records,
  events,
  customers,
  closing,
}: ControlParts) {
  const app = new Hono<SimulatorEnv>();
  app.onError((error, c) =>
    error instanceof z.ZodError
      ? c.json({ message: z.prettifyError(error) }, 400)
      : c.json({ message: error.message }, 500),
  );

  app.get('/state', (c) => c.json({ accountSid, numbers: records.customers() }));

  app.post('/customers/:address/messages', async (c) => {
    const from = address.parse(c.req.param('address'));
    const message = customerMessage.parse(jsonText.parse(await c.req.text()));
    return c.json(await customers.write({ from, ...message }));
  });

  app.get('/customers/:address/events', async (c) => {
    const customer = address.parse(c.req.param('address'));
    const { after, wait } = eventsQuery.parse(c.req.query());
    const signal = AbortSignal.any([AbortSignal.timeout(Math.round(wait * 1000)), closing]);
    return c.json({ events: await events.waitAfter(customer, after, signal) });
  });

  app.post('/faults', async (c) => {
    faults.add(fault.parse(jsonText.parse(await c.req.text())));
    return c.body(null, 204);
  });

  app.delete('/faults', (c) => {
    faults.clear();
    return c.body(null, 204);
  });
  return app;
}
