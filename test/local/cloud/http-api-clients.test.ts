import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { recordedConsole } from '../../support/log.ts';
import { anApi, echo } from './an-api.ts';

describe('a client of the local HTTP API', () => {
  it.each([
    ['in the middle of a body of known length', 'Content-Length: 100\r\n\r\n{"note"'],
    ['in the middle of a chunked body', 'Transfer-Encoding: chunked\r\n\r\n5\r\n{"not'],
    ['before its body', 'Content-Length: 100\r\n\r\n'],
  ])('that leaves %s is no failure, and the others are served', async (_, rest) => {
    const { call, port } = await anApi(['POST /notes', 'GET /notes'], echo);
    const lines = recordedConsole();
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');

    socket.write(`POST /notes HTTP/1.1\r\nHost: localhost:${port}\r\n${rest}`);
    // The server has begun to read before the client leaves.
    expect((await call('/notes')).status).toBe(200);
    socket.resetAndDestroy();

    expect((await call('/notes')).status).toBe(200);
    expect((await call('/notes')).status).toBe(200);
    expect(lines).toEqual([]);
  });

  it.each(['*', 'http://elsewhere.example/notes', '//[', '/%', ':99999', '/\\'])(
    'that asks for %s is told that there is none',
    async (target) => {
      const { port } = await anApi(['GET /notes'], echo);
      const lines = recordedConsole();
      const socket = connect(port, '127.0.0.1');

      socket.end(`GET ${target} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`);

      expect(await text(socket)).toMatch(/^HTTP\/1.1 (400|404) /);
      expect(lines).toEqual([]);
    },
  );
});
