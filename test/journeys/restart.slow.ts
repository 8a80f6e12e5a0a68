import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { aCustomer, startTestEngine, type TestEngine } from '../support/engine.ts';

const soonMs = 20_000;

it('A reply that a clean stop interrupts continues soon after the restart', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'restart-'));
  const start = () => startTestEngine({ keep: true, environment: { DATA_DIR: folder } });
  const engines: TestEngine[] = [await start()];
  onTestFinished(async () => {
    for (const engine of engines) await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const [first] = engines as [TestEngine];
  await aCustomer(first, '+15550100040').writes('/sim slow 5');
  await vi.waitFor(() => expect(first.lines.join()).toContain('Run started.'), 10_000);
  await engines.pop()?.stop();
  const second = await start();
  engines.push(second);

  expect(await aCustomer(second, '+15550100040').hears(1, soonMs)).toHaveLength(1);
}, 60_000);
