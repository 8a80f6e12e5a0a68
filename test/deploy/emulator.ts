import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/process.ts';

/** The release that was tried; newer ones may differ in what they leave out. */
const emulatorVersion = '1.5.33';
const projectRoot = path.resolve(import.meta.dirname, '../..');
const home = path.join(projectRoot, '.local', `ministack-${emulatorVersion}`);

export interface Emulator {
  endpoint: string;
  /** What a shell needs for the AWS CLI, the CDK and our commands to reach it. */
  environment: Record<string, string>;
  stop(): void;
}

/** Installs (once, into .local) and starts the ministack emulator of AWS on 127.0.0.1. */
export async function startEmulator(): Promise<Emulator> {
  const program = install();
  const port = String(await freePort());
  const node = path.join(projectRoot, 'node_modules', 'node', 'bin');
  const child = spawn(program, {
    cwd: home,
    // A process group of its own, because it starts others for the functions.
    detached: true,
    env: {
      PATH: `${node}:${process.env['PATH']}`,
      HOME: home,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: port,
      MINISTACK_HOST: 'localhost',
      IOT_MTLS_ENABLED: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(path.join(home, 'emulator.log'));
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const endpoint = `http://127.0.0.1:${port}`;
  await isUp(endpoint);
  return {
    endpoint,
    environment: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    stop: () => void (child.pid && process.kill(-child.pid, 'SIGKILL')),
  };
}

function install(): string {
  const program = path.join(home, 'bin', 'ministack');
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  console.log(`Installing ministack ${emulatorVersion} into ${home} …`);
  try {
    execFileSync('python3', ['-m', 'venv', home], { stdio: 'pipe' });
    execFileSync(
      path.join(home, 'bin', 'pip'),
      ['install', '--quiet', `ministack==${emulatorVersion}`],
      {
        stdio: 'pipe',
      },
    );
  } catch (cause) {
    throw new Error(
      `npm run test:deploy needs Python 3.10 or newer with venv and pip, to install ministack ${emulatorVersion}.`,
      { cause },
    );
  }
  return program;
}

async function isUp(endpoint: string): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    const up = await fetch(`${endpoint}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await sleep(200);
  }
  throw new Error(`The emulator did not start; see ${path.join(home, 'emulator.log')}.`);
}
