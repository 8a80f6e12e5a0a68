import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SQSClient } from '@aws-sdk/client-sqs';
import { freePort, startProcess } from './process.ts';

export const projectRoot = path.resolve(import.meta.dirname, '../..');

export interface Ended {
  code: number;
  out: string;
  said: string;
}

/** A deployment by `npm start` in a process of its own, and the commands that an operator has for it. */
export async function startOperator() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'operator-'));
  const started = await startProcess({ PORT: String(await freePort()), DATA_DIR: folder });
  const state = JSON.parse(readFileSync(path.join(folder, 'running.json'), 'utf8'));
  const sqs = new SQSClient({
    endpoint: state.sqs_url,
    region: 'us-east-1',
    credentials: { accessKeyId: state.access_key_id, secretAccessKey: state.secret_access_key },
    useQueueUrlAsEndpoint: false,
  });
  const environment = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATA_DIR: folder,
  };
  const run = (...parameters: string[]): Promise<Ended> =>
    new Promise((resolve) => {
      const options = { cwd: projectRoot, env: environment, maxBuffer: 64 * 1024 * 1024 };
      execFile(process.execPath, ['bin/replies.mjs', ...parameters], options, (error, out, said) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, said }),
      );
    });
  const dlq = (...parameters: string[]) => run('dlq', ...parameters);
  return {
    folder,
    sqs,
    environment,
    run,
    dlq,
    /** What `dlq list` says of a queue. */
    async listed(queue: string) {
      const { out } = await dlq('list', '--json');
      return JSON.parse(out).find((one: { queue: string }) => one.queue === queue);
    },
    queueUrl: (name: string) => `${state.sqs_url}/000000000000/replies-engine-${name}`,
    /** All that the functions have logged. */
    logs: () =>
      readdirSync(path.join(folder, 'logs'))
        .map((file) => readFileSync(path.join(folder, 'logs', file), 'utf8'))
        .join(''),
    async stop() {
      sqs.destroy();
      started.child.kill('SIGINT');
      await started.ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
export type Operator = Awaited<ReturnType<typeof startOperator>>;
