import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stages } from '../../lib/stages.ts';
import type { SimulatorEnv } from '../../local/simulators/faults.ts';
import { type RunningServer, serveLocally } from '../../local/simulators/server.ts';

const script = path.resolve(import.meta.dirname, '../support/ten-pictures.ts');
/** WhatsApp's largest. */
const picture = Buffer.alloc(5 * 1024 * 1024, 7);
/** What the function must have left. */
const reserveMb = 128;

let server: RunningServer;

beforeAll(async () => {
  const app = new Hono<SimulatorEnv>()
    .get('/*', (c) => c.body(picture, 200, { 'content-type': 'image/jpeg' }))
    .post('/*', async (c) => {
      await c.req.arrayBuffer();
      return c.json({ id: 'a-1', object: 'response', status: 'queued', output: [] });
    });
  server = await serveLocally(app, 0, () => undefined);
});

afterAll(() => server.close());

describe('ten pictures of the largest size', () => {
  it.each(['responses', 'threads'])('fit into the memory of the function (%s)', async (name) => {
    const { stdout } = await promisify(execFile)(process.execPath, [script, server.url, name]);

    const { kind, pictures, before, most } = JSON.parse(stdout);
    expect([kind, pictures]).toEqual(['working', 7]);
    expect(most, `megabytes, ${before} of them before`).toBeLessThan(
      Math.min(...Object.values(stages).map((stage) => stage.memoryMb.worker)) - reserveMb,
    );
  });
});
