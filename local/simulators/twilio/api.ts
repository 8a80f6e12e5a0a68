import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { type Faults, faultMiddleware, type SimulatorEnv } from '../faults.ts';
import type { Delivery } from './delivery.ts';
import { notFound, Refusal } from './errors.ts';
import type { EventLog } from './events.ts';
import { mediaRoutes } from './media.ts';
import { matchingMessages, messageJson, messageNamed, outboundMessage } from './messages.ts';
import { pageOf } from './paging.ts';
import { customerOf, type Records } from './records.ts';

export interface ApiParts {
  accountSid: string;
  authToken: string;
  faults: Faults;
  records: Records;
  events: EventLog;
  delivery: Delivery;
  now: () => number;
}

/** The part of Twilio's API that a WhatsApp conversation needs: messages, media, typing. */
export function apiRoutes(parts: ApiParts) {
  const app = new Hono<SimulatorEnv>();
  const account = '/2010-04-01/Accounts/:account';
  app.use('/2010-04-01/*', authenticated(parts));
  app.use('/v2/*', authenticated(parts));
  app.use(`${account}/*`, async (c, next) => {
    if (c.req.param('account') !== parts.accountSid) throw notFound(c.req.path);
    await next();
  });
  app.route(account, messageRoutes(parts));
  app.route(`${account}/Messages`, mediaRoutes(parts.accountSid, parts.records, parts.faults));
  app.route('/v2', typingRoutes(parts));
  return app;
}

function authenticated({ accountSid, authToken }: ApiParts) {
  const expected = Buffer.from(`${accountSid}:${authToken}`);
  return createMiddleware<SimulatorEnv>(async (c, next) => {
    const [scheme, credentials = ''] = (c.req.header('authorization') ?? '').split(' ');
    const given = Buffer.from(credentials, 'base64');
    const equal = given.length === expected.length && timingSafeEqual(given, expected);
    if (scheme?.toLowerCase() !== 'basic' || !equal) throw new Refusal(401, 20003, 'Authenticate');
    await next();
  });
}

const formOf = async (c: Context) => new URLSearchParams(await c.req.text());

function messageRoutes({ accountSid, faults, records, delivery, now }: ApiParts) {
  const app = new Hono<SimulatorEnv>();

  app.post('/Messages.json', faultMiddleware(faults, 'messages.create'), async (c) => {
    const message = outboundMessage(await formOf(c), records, now());
    records.save(message);
    delivery.start(message);
    return c.json(messageJson(accountSid, message), 201);
  });

  app.get('/Messages.json', faultMiddleware(faults, 'messages.list'), (c) => {
    const query = new URL(c.req.url).searchParams;
    const messages = matchingMessages(records, query);
    const page = pageOf(c.req.path, 'messages', messages, query, (message) =>
      messageJson(accountSid, message),
    );
    return c.json(page);
  });

  app.get('/Messages/:file{[^/]+\\.json}', faultMiddleware(faults, 'messages.fetch'), (c) => {
    const sid = c.req.param('file').replace(/\.json$/, '');
    return c.json(messageJson(accountSid, messageNamed(records, sid, c.req.path)));
  });
  return app;
}

function typingRoutes({ faults, records, events }: ApiParts) {
  const app = new Hono<SimulatorEnv>();
  app.post('/Indicators/Typing.json', faultMiddleware(faults, 'typing.create'), async (c) => {
    const form = await formOf(c);
    const sid = form.get('messageId') ?? '';
    if (form.get('channel') !== 'whatsapp') {
      throw new Refusal(400, 20001, "Expected 'channel' to be whatsapp");
    }
    const message = messageNamed(records, sid, c.req.path);
    if (message.direction !== 'inbound') {
      throw new Refusal(400, 20001, "Expected 'messageId' to be of a message from the customer");
    }
    events.add(customerOf(message), { kind: 'typing', sid });
    return c.json({ success: true });
  });
  return app;
}
