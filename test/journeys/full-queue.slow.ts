import { type ChildProcess, spawn } from 'node:child_process';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operator, projectRoot, startOperator } from '../support/operator.ts';

let operator: Operator;

beforeAll(async () => {
  operator = await startOperator();
});

afterAll(() => operator.stop());

const aRun = (n: number) =>
  JSON.stringify({ kind: 'start', tenant_id: 'demo', run_id: `gone-${n}` });

async function killRuns(from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 10) {
    await operator.sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: operator.queueUrl('email-runs-dlq-local'),
        Entries: Array.from({ length: 10 }, (_, index) => ({
          Id: String(index),
          MessageBody: aRun(n + index),
        })),
      }),
    );
  }
}

/** The runs that the function was given, as often as it was. */
const handled = (): string[] =>
  [...operator.logs().matchAll(/"message":"The run no longer exists\."[^\n]*/g)].map(
    ([line]) => /gone-\d+/.exec(line)?.[0] ?? '',
  );

describe('a thousand dead letters', () => {
  it('are counted, shown in part, and sent back, each once', async () => {
    await killRuns(0, 1_000);
    const { messages, oldest_sent_at } = await operator.listed('email-runs');
    const shown = await operator.dlq('show', 'email-runs', '--limit', '3');
    const redriven = await operator.dlq('redrive', 'email-runs', '--rate', '1000');
    await expect.poll(() => handled().length, { timeout: 120_000 }).toBe(1_000);

    expect(messages).toBe(1_000);
    expect(Date.parse(oldest_sent_at)).toBeLessThan(Date.now());
    expect(shown.out.match(/changes nothing: the run is not there/g)).toHaveLength(3);
    expect(shown.out).toContain('3 of 1000: more by --limit.');
    expect(redriven.out).toContain('1000 sent back to email-runs, about 0 left.');
    expect(new Set(handled()).size).toBe(1_000);
  });
});

describe('a redrive', () => {
  const begin = (): ChildProcess =>
    spawn(process.execPath, ['bin/replies.mjs', 'dlq', 'redrive', 'email-runs', '--rate', '20'], {
      cwd: projectRoot,
      env: operator.environment,
    });
  const ended = (child: ChildProcess) =>
    new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
  const seen = (from: number) => handled().filter((name) => Number(name.split('-')[1]) >= from);

  it('that is stopped by Ctrl-C or killed loses nothing and doubles nothing', async () => {
    await killRuns(2_000, 100);
    const stopped = begin();
    await expect.poll(() => seen(2_000).length, { timeout: 60_000 }).toBeGreaterThan(5);
    stopped.kill('SIGINT');
    const code = await ended(stopped);
    const afterStop = seen(2_000).length;
    const killed = begin();
    await expect.poll(() => seen(2_000).length, { timeout: 60_000 }).toBeGreaterThan(afterStop + 5);
    killed.kill('SIGKILL');
    await ended(killed);
    const rest = async () => {
      await operator.dlq('redrive', 'email-runs', '--rate', '100');
      const { messages, out } = await operator.listed('email-runs');
      return messages + out;
    };
    // What the killed one had taken out comes back by itself.
    await expect.poll(rest, { timeout: 180_000, interval: 5_000 }).toBe(0);
    await expect.poll(() => new Set(seen(2_000)).size, { timeout: 60_000 }).toBe(100);

    expect(code).toBe(130);
    // Killed between sending and deleting, the one in flight may come twice: its function knows it.
    expect(seen(2_000).length).toBeLessThanOrEqual(101);
  });
});
