import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localCredentials } from '../../local/cloud/credentials.ts';
import { freePort, type StartedProcess, startProcess } from '../support/process.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');

let folder: string;
let started: StartedProcess;
let sqs: SQSClient;
let sqsUrl: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'operator-'));
  started = await startProcess({ PORT: String(await freePort()), DATA_DIR: folder });
  const state = JSON.parse(readFileSync(path.join(folder, 'running.json'), 'utf8'));
  sqsUrl = `${state.sqs_url}/000000000000`;
  sqs = new SQSClient({
    endpoint: state.sqs_url,
    region: 'us-east-1',
    credentials: localCredentials,
    useQueueUrlAsEndpoint: false,
  });
});

afterAll(async () => {
  sqs.destroy();
  started.child.kill('SIGINT');
  await started.ended;
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  out: string;
  said: string;
}

const environment = () => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  DATA_DIR: folder,
});

const run = (file: string, ...parameters: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: projectRoot, env: environment(), maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [file, ...parameters], options, (error, out, said) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, said }),
    );
  });

const dlq = (...parameters: string[]) => run('bin/dlq.ts', ...parameters);
const listed = async (queue: string) => {
  const { out } = await dlq('list', '--json');
  return JSON.parse(out).find((one: { queue: string }) => one.queue === queue);
};

const queueUrl = (name: string) => `${sqsUrl}/replies-engine-${name}`;
const logs = () =>
  readdirSync(path.join(folder, 'logs'))
    .map((file) => readFileSync(path.join(folder, 'logs', file), 'utf8'))
    .join('');

const aRun = (n: number) =>
  JSON.stringify({ kind: 'start', tenant_id: 'demo', run_id: `gone-${n}` });

async function killRuns(from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n += 10) {
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl('email-runs-dlq-local'),
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
  [...logs().matchAll(/"message":"A run is not there any more\."[^\n]*/g)].map(
    ([line]) => /gone-\d+/.exec(line)?.[0] ?? '',
  );

describe('a customer’s message in the dead letters', () => {
  const words = 'My very private question';

  it('is shown without its words, redriven, answered once, and told step by step', async () => {
    const sid = `SM${'a'.repeat(32)}`;
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl('whatsapp-replies-dlq-local.fifo'),
        MessageBody: JSON.stringify({
          twilio_message: {
            MessageSid: sid,
            From: 'whatsapp:+4915112345678',
            To: 'whatsapp:+14155238886',
            Body: words,
          },
          conversation_id: 'c_1',
          company_id: 'demo',
          project_id: 'support',
          received_at: new Date().toISOString(),
        }),
        MessageGroupId: 'c_1',
        MessageDeduplicationId: 'd1',
        MessageAttributes: {
          reason_code: { DataType: 'String', StringValue: 'run_failed' },
        },
      }),
    );
    const shown = await dlq('show', 'whatsapp-replies');
    const revealed = await dlq('show', 'whatsapp-replies', '--id', sid, '--reveal');
    const redriven = await dlq('redrive', 'whatsapp-replies', '--id', sid);
    const timeline = () =>
      run('bin/timeline.ts', sid, '--company', 'demo', '--conversation', 'c_1');
    await expect
      .poll(async () => (await timeline()).out, { timeout: 60_000 })
      .toContain('over (answered)');
    const told = await timeline();

    expect(shown.out).toContain(`demo: message ${sid} of c_1`);
    expect(shown.out).toContain('reason     run_failed');
    expect(shown.out).toContain('begins from the start; the customer gets the reply, once');
    expect(shown.out + told.out).not.toContain(words);
    expect(revealed.out).toContain(words);
    expect(redriven.out).toContain('1 sent back to whatsapp-replies, about 0 left.');
    expect(told.out).toMatch(/received and queued[\s\S]*begun[\s\S]*model is asked[\s\S]*answered/);
    expect(await listed('whatsapp-replies')).toMatchObject({ messages: 0, out: 0 });
  });

  it('that is malformed comes back, and says why', async () => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl('whatsapp-replies-local.fifo'),
        MessageBody: '{"conversation_id": "c_2"}',
        MessageGroupId: 'c_2',
        MessageDeduplicationId: 'd2',
      }),
    );
    const show = async () => (await dlq('show', 'whatsapp-replies')).out;
    await expect.poll(show, { timeout: 60_000 }).toContain('malformed_message');
    await dlq('redrive', 'whatsapp-replies');
    await expect.poll(show, { timeout: 60_000 }).toContain('malformed_message');
    const file = path.join(folder, 'copy.jsonl');
    const asked = await dlq('discard', 'whatsapp-replies', '--all');
    const discarded = await dlq('discard', 'whatsapp-replies', '--all', '--yes', '--file', file);

    expect(asked).toMatchObject({ code: 2, said: expect.stringContaining('add --yes') });
    expect(discarded.out).toContain('1 deleted');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('malformed_message');
    expect(await show()).toContain('has no dead letters');
  });
});

describe('a thousand dead letters', () => {
  it('are counted, shown in part, and sent back, each once', async () => {
    await killRuns(0, 1_000);
    const { messages, oldest_sent_at } = await listed('email-runs');
    const shown = await dlq('show', 'email-runs', '--limit', '3');
    const redriven = await dlq('redrive', 'email-runs', '--rate', '1000');
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
    spawn(process.execPath, ['bin/dlq.ts', 'redrive', 'email-runs', '--rate', '20'], {
      cwd: projectRoot,
      env: environment(),
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
      await dlq('redrive', 'email-runs', '--rate', '100');
      const { messages, out } = await listed('email-runs');
      return messages + out;
    };
    // What the killed one had taken out comes back by itself.
    await expect.poll(rest, { timeout: 180_000, interval: 5_000 }).toBe(0);
    await expect.poll(() => new Set(seen(2_000)).size, { timeout: 60_000 }).toBe(100);

    expect(code).toBe(130);
    // Killed between sending and deleting, the one in hand may come twice: its function knows it.
    expect(seen(2_000).length).toBeLessThanOrEqual(101);
  });
});

describe('the operator’s commands', () => {
  it('find a fit deployment fit', async () => {
    const { code, out } = await run('bin/doctor.ts', '--json');

    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'ok', check: 'API' }),
        expect.objectContaining({ status: 'ok', check: 'companies' }),
        expect.objectContaining({ status: 'skip', check: 'twilio' }),
      ]),
    );
  });

  it.each([
    [
      ['bin/dlq.ts', 'show', 'nothing'],
      2,
      'choose email-runs, emails-ready, events-to-webhooks, leads, webhooks, whatsapp-replies',
    ],
    [['bin/dlq.ts', 'redrive', 'emails-ready', '--rate', '0'], 2, '--rate is a number from 0.01'],
    [['bin/dlq.ts', 'discard', 'emails-ready'], 2, 'Name them by --id, or take --all'],
    [['bin/dlq.ts', 'list', '--prefix', 'nobody'], 2, 'There are no queues of nobody (local)'],
    [['bin/timeline.ts', 'SM1', '--stage', 'dev'], 2, 'Add --company with --conversation'],
    [['bin/timeline.ts', 'e1'], 2, 'Whose is e1?'],
    [['bin/timeline.ts', 'SM1'], 2, 'Nothing is recorded of SM1 (local)'],
    [['bin/doctor.ts', 'please'], 2, 'Unexpected: please'],
  ])('say in one line what is wrong with %j', async ([file = '', ...parameters], code, said) => {
    const result = await run(file, ...parameters);

    expect(result.code).toBe(code);
    expect(result.said).toContain(said);
    expect(result.said.trim().split('\n')).toHaveLength(1);
  });
});
