import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { freePort, type StartedProcess, startProcess } from '../support/process.ts';

const customers = 20;
const messagesEach = 3;
const kills = 3;
/** What a killed function held comes back after its visibility timeout of 70 s; all of it may have been held. */
const comesBackWithinMs = 200_000;

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'replies-engine-killed-'));
let running: StartedProcess | undefined;

afterAll(() => {
  running?.child.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

describe('a local cloud that is killed in the middle of its work', () => {
  it('answers every accepted message exactly once when it is started again', async () => {
    const environment = { PORT: String(await freePort()), DATA_DIR: dataDir };
    running = await startProcess(environment);
    const accepted = await writeAll();

    for (let kill = 0; kill < kills; kill++) {
      await vi.waitFor(
        async () => expect((await replies()).flat().length).toBeGreaterThan(kill * 8),
        { timeout: comesBackWithinMs, interval: 500 },
      );
      running.child.kill('SIGKILL');
      await running.ended;
      running = await startProcess(environment);
    }
    const begun = Date.now();
    await vi.waitFor(
      async () => expect(quoted((await replies()).flat()).size).toBe(accepted.size),
      { timeout: 400_000, interval: 1_000 },
    );

    console.log(
      `${accepted.size} messages, ${kills} kills: the last reply came ${((Date.now() - begun) / 1000).toFixed(0)} s after the last start.`,
    );
    // One reply may answer several messages; none may be answered by two.
    expect(quotes((await replies()).flat()).sort()).toEqual([...accepted].sort());
  });
});

const numbers = Array.from({ length: customers }, (_, index) => `+1555020${String(1000 + index)}`);

/** The messages whose webhooks were answered. */
async function writeAll(): Promise<Set<string>> {
  const texts = numbers.flatMap((number, who) =>
    Array.from({ length: messagesEach }, (_, n) => ({ number, text: `k${who} message ${n + 1}` })),
  );
  const answers = await Promise.all(
    texts.map(async ({ number, text }) => {
      const response = await fetch(
        `${twilio()}/_sim/customers/${encodeURIComponent(number)}/messages`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ to: 'whatsapp:+14155238886', body: text }),
        },
      );
      const { status } = (await response.json()) as { status: number };
      return status === 200 ? [text] : [];
    }),
  );
  return new Set(answers.flat());
}

/** What each customer's phone has received. */
const replies = (): Promise<string[][]> =>
  Promise.all(
    numbers.map(async (number) => {
      const response = await fetch(
        `${twilio()}/_sim/customers/${encodeURIComponent(number)}/events?after=0`,
      );
      const { events } = (await response.json()) as { events: { kind: string; body: string }[] };
      return events.filter(({ kind }) => kind === 'message').map(({ body }) => body);
    }),
  );

const quotes = (texts: string[]): string[] =>
  texts.flatMap((text) => [...text.matchAll(/k\d+ message \d+/g)].map(([one]) => one));

const quoted = (texts: string[]): Set<string> => new Set(quotes(texts));

const twilio = (): string =>
  (JSON.parse(readFileSync(path.join(dataDir, 'running.json'), 'utf8')) as { twilio_url: string })
    .twilio_url;
