import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

/** A request as a company's receiver got it. */
export interface Received {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** What a receiver answers: a status, with headers; `silence` is no answer at all. */
export type Answering =
  | number
  | { status: number; headers?: Record<string, string>; body?: string };

/** A company's receiver on this machine: answers in turn as it is told, then 204. */
export async function startReceiver() {
  const received: Received[] = [];
  const answers: (Answering | 'silence')[] = [];
  const answer = (response: http.ServerResponse) => {
    const next = answers.shift() ?? 204;
    if (next === 'silence') return;
    const {
      status,
      headers = {},
      body,
    } = typeof next === 'number' ? { status: next } : { ...next };
    response.writeHead(status, headers).end(body);
  };
  const server = http.createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ method, path, headers: headers as Record<string, string>, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    answers: (...next: (Answering | 'silence')[]) => void answers.push(...next),
    /** Waits until that many requests have come, and returns them. */
    async hears(count: number, timeoutMs = 15_000): Promise<Received[]> {
      await vi.waitFor(
        () => {
          if (received.length < count) {
            throw new Error(`Expected ${count} requests, got ${received.length}.`);
          }
        },
        { timeout: timeoutMs, interval: 25 },
      );
      return received;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
