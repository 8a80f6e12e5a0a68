import { Hono } from 'hono';
import { type Faults, faultMiddleware, type SimulatorEnv } from '../faults.ts';
import { notFound } from './errors.ts';
import { pageOf } from './paging.ts';
import type { Records, StoredMedia } from './records.ts';

const cdnPath = '/_cdn/media';

/** The media of messages, below `Messages/:sid/Media`: JSON with `.json`, else a redirect to the bytes. */
export function mediaRoutes(accountSid: string, records: Records, faults: Faults) {
  const app = new Hono<SimulatorEnv>();

  app.get('/:sid/Media.json', (c) => {
    const items = records.mediaOf(c.req.param('sid'));
    const query = new URL(c.req.url).searchParams;
    return c.json(
      pageOf(c.req.path, 'media_list', items, query, (media) => mediaJson(accountSid, media)),
    );
  });

  app.get('/:sid/Media/:media', faultMiddleware(faults, 'media.fetch'), (c) => {
    const name = c.req.param('media');
    const media = records.media(name.replace(/\.json$/, ''));
    if (media?.message_sid !== c.req.param('sid')) throw notFound(c.req.path);
    if (name.endsWith('.json')) return c.json(mediaJson(accountSid, media));
    return c.redirect(`${new URL(c.req.url).origin}${cdnPath}/${media.sid}`, 307);
  });
  return app;
}

/** The target of that redirect: the bytes, for anyone who knows the unguessable name, as on Twilio's CDN. */
export function cdnRoutes(records: Records) {
  return new Hono<SimulatorEnv>().get(`${cdnPath}/:sid`, (c) => {
    const media = records.media(c.req.param('sid'));
    if (!media) return c.notFound();
    return c.body(Buffer.from(media.base64, 'base64'), 200, { 'content-type': media.content_type });
  });
}

function mediaJson(accountSid: string, media: StoredMedia) {
  const date = new Date(media.created_at).toUTCString().replace('GMT', '+0000');
  return {
    account_sid: accountSid,
    content_type: media.content_type,
    date_created: date,
    date_updated: date,
    parent_sid: media.message_sid,
    sid: media.sid,
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${media.message_sid}/Media/${media.sid}.json`,
  };
}
