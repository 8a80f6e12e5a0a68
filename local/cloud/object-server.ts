import type { IncomingMessage, Server } from 'node:http';
import { buildApp } from 'fauxqs';
import { fromHere, isHere } from '../guard.ts';
import { listenHere, newStores } from './fauxqs.ts';
import { bucketCorsHeaders, type CorsRule, corsRulesIn } from './s3-cors.ts';
import { policyFault, readForm } from './s3-form.ts';
import { type AwsCredentials, formFault, presignedFault, type S3Refusal } from './sigv4.ts';
import type { ServedStore, Store } from './store.ts';
import { signedBy } from './store-guard.ts';
import { localRegion } from './template.ts';

/**
 * An emulator of S3 in this thread, stored in SQLite where a folder is given. What it does not do itself is added
 * here: signatures of presigned requests, the conditions of a form's policy, the rules of CORS.
 */
export async function serveObjects({ folder, ...credentials }: ServedStore): Promise<Store> {
  const { stores, persistence } = await newStores(folder);
  if (persistence) {
    persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
    stores.s3Store['persistence'] = persistence;
  }
  const app = buildApp({
    logger: false,
    stores: stores as never,
    defaultRegion: localRegion,
  }) as unknown as App;
  const corsRules = new Map<string, CorsRule[]>();
  guard(app, credentials);
  answerBrowsers(app, corsRules);
  return listenHere(app, persistence);
}

/** What the emulator's server offers of its framework, which its package does not bring the types of. */
interface App {
  server: Server;
  listen(at: { port: number; host: string }): Promise<string>;
  close(): Promise<void>;
  options(path: string, handler: Hook): void;
  addHook(name: 'onRequest' | 'preHandler' | 'onSend', hook: Hook): void;
}

type Hook = (
  request: { raw: IncomingMessage; body?: unknown },
  reply: Reply,
  payload: unknown,
) => Promise<unknown>;

interface Reply {
  code(status: number): Reply;
  type(mediaType: string): Reply;
  header(name: string, value: string): Reply;
  headers(all: Record<string, string>): Reply;
  send(body?: unknown): Reply;
}

const isForm = ({ method, headers }: IncomingMessage): boolean =>
  method === 'POST' && /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');

const urlOf = ({ url = '/' }: IncomingMessage): URL => new URL(`http://localhost${url}`);
const bucketOf = (request: IncomingMessage): string => urlOf(request).pathname.split('/')[1] ?? '';

const xmlOf = ({ code, message }: S3Refusal): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message.replace(/[<&]/g, '')}</Message></Error>`;

/**
 * Lets in what this process signs in its header, as the other stores do, and from any page what it has signed for
 * a browser: by the query of a URL, or by the policy of a form.
 */
function guard(app: App, credentials: AwsCredentials): void {
  const isOurs = signedBy(credentials);
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (!isHere(raw.headers.host)) return reply.code(403).send((await fromHere(raw))?.body);
    if (raw.method === 'OPTIONS' || isForm(raw)) return undefined;
    const { pathname: path, searchParams: query } = urlOf(raw);
    const isPresigned = query.has('X-Amz-Signature') && !raw.headers.authorization;
    if (!isPresigned) {
      const refusal = await isOurs(raw);
      return refusal && reply.code(refusal.status).send(refusal.body);
    }
    const request = { method: raw.method ?? '', path, query, headers: raw.headers };
    const fault = presignedFault(request, credentials, Date.now());
    return fault && reply.code(fault.status).type('application/xml').send(xmlOf(fault));
  });
  app.addHook('preHandler', async ({ raw, body }, reply) => {
    if (!isForm(raw)) return undefined;
    const form = await readForm(body as Buffer, raw.headers['content-type'] ?? '');
    const fault = form
      ? (formFault(form.fields, credentials) ?? policyFault(bucketOf(raw), form, Date.now()))
      : { status: 400, code: 'MalformedPOSTRequest', message: 'It is no form with a file.' };
    return fault && reply.code(fault.status).type('application/xml').send(xmlOf(fault));
  });
}

/** What a presigned URL may say about the headers of its answer. */
const overrides = {
  'response-content-disposition': 'content-disposition',
  'response-content-type': 'content-type',
  'response-cache-control': 'cache-control',
};

function answerBrowsers(app: App, corsRules: Map<string, CorsRule[]>): void {
  const corsOf = (raw: IncomingMessage) =>
    bucketCorsHeaders(corsRules.get(bucketOf(raw)) ?? [], raw.method ?? '', raw.headers);
  app.options('/*', async ({ raw }, reply) =>
    reply.code(Object.keys(corsOf(raw)).length > 0 ? 200 : 403).send(),
  );
  app.addHook('preHandler', async ({ raw, body }, reply) => {
    if (raw.method !== 'PUT' || !urlOf(raw).searchParams.has('cors')) return undefined;
    corsRules.set(bucketOf(raw), corsRulesIn(String(body)));
    return reply.code(200).send();
  });
  app.addHook('onSend', async ({ raw }, reply, payload) => {
    reply.headers(corsOf(raw));
    const { searchParams } = urlOf(raw);
    for (const [parameter, header] of Object.entries(overrides)) {
      const value = searchParams.get(parameter);
      if (raw.method === 'GET' && value !== null) reply.header(header, value);
    }
    return payload;
  });
}
