import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DiscardOptions, discard } from '../../../bin/dlq/discard.ts';
import { isNamed } from '../../../bin/dlq/letters.ts';
import { countsOf } from '../../../bin/dlq/queues.ts';
import { startTestQueue, type TestQueue } from './queue.ts';

let test: TestQueue;
let folder: string;
let file: string;

beforeEach(async () => {
  test = await startTestQueue(false);
  folder = mkdtempSync(path.join(os.tmpdir(), 'discard-'));
  file = path.join(folder, 'copy.jsonl');
});

afterEach(async () => {
  await test.close();
  rmSync(folder, { recursive: true });
});

const run = (more: Partial<DiscardOptions> = {}) =>
  discard(test.queues.client, {
    queue: test.letters,
    wanted: () => true,
    file,
    signal: new AbortController().signal,
    ...more,
  });

const left = async () => (await countsOf(test.queues.client, test.letters.url)).waiting;
const copies = () =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { message_id: string; body: string });

describe('discarding', () => {
  it('deletes all after each was copied to a file that only its owner reads', async () => {
    for (let n = 0; n < 12; n++) await test.die({ n });

    expect(await run()).toBe(12);

    expect(await left()).toBe(0);
    expect(new Set(copies().map(({ body }) => JSON.parse(body).n)).size).toBe(12);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('deletes and copies only those that are named', async () => {
    await test.die({ n: 1 });
    const id = await test.die({ n: 2 });

    expect(await run({ wanted: (letter) => isNamed(letter, [id]) })).toBe(1);

    expect(copies().map(({ message_id }) => message_id)).toEqual([id]);
    expect(await left()).toBe(1);
  });

  it('never writes over an earlier copy', async () => {
    await test.die({ n: 1 });
    await run();
    await test.die({ n: 2 });

    await expect(run()).rejects.toThrow('is there already: name another by --file');

    expect(copies()).toHaveLength(1);
    expect(await left()).toBe(1);
  });

  it('of nothing leaves no file', async () => {
    expect(await run()).toBe(0);

    expect(existsSync(file)).toBe(false);
  });
});
