import http from 'node:http';
import { text } from 'node:stream/consumers';

/** Asks with headers that `fetch` sets itself, such as Host. */
export async function asking(
  url: string,
  headers: http.OutgoingHttpHeaders,
  method = 'GET',
  body = '',
) {
  const length = Buffer.byteLength(body);
  const options = { method, headers: { 'content-length': length, ...headers }, agent: false };
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.request(url, options, resolve).on('error', reject).end(body);
  });
  const { statusCode: status = 0, headers: answered } = response;
  return { status, headers: answered, body: await text(response) };
}
