import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { fetchEmails, mailbox } from '../../../lambdas/email-deadlines/vendors/mailbox.ts';

interface Asked {
  method: string | undefined;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A mailbox's server that answers as it is told. */
export async function aServer(answer: (response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://mailbox');
      asked.push({ method: request.method, url, headers: request.headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/box?team=1`, asked };
}

export const says =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response
      .writeHead(status, headers)
      .end(typeof body === 'string' ? body : JSON.stringify(body));

export const settings = (url: string, timeoutMs = 5_000) => ({
  url,
  apiKey: async () => 's3cret & more',
  renewKeys: async () => {},
  timeoutMs,
});

/** What posting may take in all, where a test does not say. */
export const maxPostMs = 10_000;

export const aReply = {
  email_id: 'e1',
  response: 'It is on its way.',
  test_mode: true,
  idempotencyKey: 'run-1:e1',
};

/** What becomes of a reply to a mailbox that answers so. */
export async function posted(answer: (response: ServerResponse) => void, timeoutMs?: number) {
  const { url, asked } = await aServer(answer);
  return { result: await mailbox(settings(url, timeoutMs)).post(aReply, maxPostMs), asked };
}

export async function fetched(answer: (response: ServerResponse) => void, timeoutMs?: number) {
  const { url } = await aServer(answer);
  return fetchEmails(settings(url, timeoutMs), true);
}

export const never = () => {};
export const breaksOff = (response: ServerResponse) => void response.destroy();
export const inTheMiddle = (response: ServerResponse) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('[{"email_id"');
  response.flushHeaders();
  setImmediate(() => response.destroy());
};
