import type { IncomingMessage, ServerResponse } from 'node:http';
import { html } from 'hono/html';
import { allRoutes, openApiDocument } from '../lambdas/administration/openapi.ts';
import { paths } from '../lambdas/whatsapp-replies/routes.ts';
import { streamingStage } from '../lib/constructs/streaming-api.ts';
import { isHere } from './guard.ts';
import type { LocalSettings } from './settings.ts';
import { signedCurl } from './signed-curl.ts';

export const apiPagePath = '/docs';

interface Operation {
  summary: string;
  description?: string;
  parameters?: { name: string; in: string; description?: string; schema: unknown }[];
  /** Empty for who needs no key. */
  security: readonly unknown[];
  /** Where it is reached, if not where the others are. */
  servers?: { url: string }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

/** Serves the API's document as a page to read, to this machine alone; false for any other request. */
export const apiPage =
  (settings: LocalSettings) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const { host } = request.headers;
    if (request.method !== 'GET' || request.url !== apiPagePath || !isHere(host)) return false;
    const page = await pageOf(`http://${host}`, settings);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page);
    return true;
  };

/** The page: every operation with its scope, parameters, body and answers, and the schemas of the features. */
async function pageOf(url: string, settings: LocalSettings): Promise<string> {
  const { paths: operationsByPath, components } = openApiDocument({
    publicBaseUrl: url,
    streamingBaseUrl: `${url}/${streamingStage}`,
  }) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, unknown> };
  };
  const exampleOf = (method: string, path: string, operation: Operation): string =>
    signedExample(path, url, settings) ??
    curlOf(method, path, operation.servers?.[0]?.url ?? url, operation);
  const operations = Object.entries(operationsByPath).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      operationOf(method, path, operation, exampleOf(method, path, operation)),
    ),
  );
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => html`<h3 id="${name}">${name}</h3>${schemaOf(schema)}`,
  );
  return String(
    await html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>replies-engine: the API</title>
          <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            code, pre { font: 14px/1.4 ui-monospace, monospace; }
            pre { background: #8881; padding: 0.75rem; overflow-x: auto; }
            section { border-top: 1px solid #8884; }
            th { text-align: left; padding-right: 1rem; vertical-align: top; }
            :root { color-scheme: light dark; }
          </style>
        </head>
        <body>
          <h1>The API</h1>
          <p>
            Made from the routes and schemas by which it runs. The same as OpenAPI 3.1:
            <code>GET /openapi.json</code>. Set <code>KEY</code> to the key that npm start prints.
          </p>
          ${operations}
          <h2>Schemas</h2>
          ${schemas}
        </body>
      </html>`,
  );
}

function operationOf(method: string, path: string, operation: Operation, example: string) {
  const { parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content['application/json']?.schema;
  return html`<section>
    <h2><code>${method.toUpperCase()} ${path}</code></h2>
    <p>${operation.summary}. ${operation.description ?? ''}</p>
    ${
      parameters.length > 0
        ? html`<table>
          ${parameters.map(
            (one) => html`<tr>
              <th><code>${one.name}</code></th>
              <td>${one.in}</td>
              <td>${one.description ?? JSON.stringify(one.schema)}</td>
            </tr>`,
          )}
        </table>`
        : ''
    }
    ${body ? html`<h4>Body</h4>${schemaOf(body)}` : ''}
    <h4>Answers</h4>
    <table>
      ${Object.entries(responses).map(
        ([status, { description }]) => html`<tr><th>${status}</th><td>${description}</td></tr>`,
      )}
    </table>
    <pre>${example}</pre>
  </section>`;
}

const schemaOf = (schema: unknown) => html`<pre>${JSON.stringify(schema, null, 2)}</pre>`;

/** Twilio's webhooks take no key: who calls them signs. */
function signedExample(path: string, url: string, settings: LocalSettings): string | undefined {
  const route = signedRoutes.find((one) => one.path === path);
  if (!route) return undefined;
  if (path === paths.inbound && settings.twilio.simulated) return signedCurl(settings, url).trim();
  return `npx replies invoke ${path === paths.inbound ? 'receive events/receive.json' : 'status events/status.json'}`;
}

const signedRoutes = allRoutes.filter(({ access }) => access === 'signed');

function curlOf(
  method: string,
  path: string,
  url: string,
  { security, requestBody }: Operation,
): string {
  const verb = method === 'get' ? '' : ` -X ${method.toUpperCase()}`;
  const key = security.length > 0 ? ' -H "Authorization: Bearer $KEY"' : '';
  const body = requestBody ? " -H 'Content-Type: application/json' -d '{…}'" : '';
  return `curl${verb} '${url}${path}'${key}${body}`;
}
