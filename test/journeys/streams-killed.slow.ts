import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { TurnEvent } from '../../lambdas/agents/ports.ts';
import { textOf } from '../agents/turn-world.ts';
import { freePort, type StartedProcess, startProcess } from '../support/process.ts';
import { heard } from '../web-chat/streaming/stream-world.ts';

const visitors = 6;
const shop = 'https://shop.example';
/** The lease of whoever was killed, the queue's delay, and a model that is slow. */
const goesOnWithinMs = 120_000;

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'replies-engine-streams-'));
let running: StartedProcess | undefined;

afterAll(() => {
  running?.child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

interface Visit {
  conversation_id: string;
  token: string;
  config: { streaming_url: string };
}

const port = await freePort();
const base = `http://localhost:${port}`;

async function call<T>(method: string, route: string, token: string, body?: object): Promise<T> {
  const response = await fetch(base + route, {
    method,
    headers: {
      origin: shop,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}.`);
  return ((await response.json()) as { data: T }).data;
}

describe('a local cloud that is killed while visitors read their answers', () => {
  it('gives each of them the whole answer when it is started again, and each event once', async () => {
    const environment = { PORT: String(port), DATA_DIR: dataDir };
    running = await startProcess(environment);
    const key = /re_live_demo_\w+/.exec(running.output())?.[0] ?? '';
    await call('POST', '/tenant-configuration/webchat', key, {
      feature_value: { allowed_origins: [shop] },
    });
    const visits = await Promise.all(
      Array.from({ length: visitors }, () =>
        call<Visit>('POST', '/conversations/initiate', key, {}),
      ),
    );
    const reading = visits.map(({ conversation_id, token, config }, n) => {
      const asked = fetch(`${config.streaming_url}/streaming/conversations/actions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ conversation_id, message: `/sim slow ${6 + n}\nAre you open?` }),
      });
      // Behind these bytes its connection is cut, if it has not been by then.
      return asked.then((response) => heard(response, 900 + 100 * n));
    });
    const begun = (await Promise.all(reading)).map(({ events }) => events);
    running.child.kill('SIGKILL');
    await running.ended;
    running = await startProcess(environment);
    const startedAt = Date.now();

    const read = await Promise.all(visits.map((visit, n) => readOn(visit, begun[n] ?? [])));

    console.log(
      `${visitors} streams, killed and started again: the last answer was whole ${((Date.now() - startedAt) / 1000).toFixed(0)} s later.`,
    );
    for (const [n, events] of read.entries()) {
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, at) => at + 1));
      expect(events.at(-1)).toMatchObject({ event: 'complete', outcome: 'answered' });
      const { conversation_id = '', token = '' } = visits[n] ?? {};
      const { messages } = await call<{ messages: { role: string; text: string }[] }>(
        'GET',
        `/conversations/${conversation_id}/messages`,
        token,
      );
      const answers = messages.filter(({ role }) => role === 'assistant');
      expect(answers.map(({ text }) => text)).toEqual([textOf(events)]);
      expect(textOf(events)).toContain('Are you open?');
    }
  });
});

/** Reads on until the turn has ended, over as many connections as it takes. */
async function readOn({ conversation_id, token }: Visit, begun: TurnEvent[]): Promise<TurnEvent[]> {
  const events = [...begun];
  const { config } = await call<Visit>('POST', '/conversations/resume', token, {
    conversation_id,
    token,
  });
  const url = `${config.streaming_url}/streaming/conversations/${conversation_id}/stream?turn_id=turn-1`;
  await vi.waitFor(
    async () => {
      const response = await fetch(url, {
        headers: {
          authorization: `Bearer ${token}`,
          'last-event-id': String(events.at(-1)?.sequence ?? 0),
        },
      });
      if (response.status === 200) events.push(...(await heard(response)).events);
      expect(events.at(-1)?.event).toBe('complete');
    },
    { timeout: goesOnWithinMs, interval: 500 },
  );
  return events;
}
