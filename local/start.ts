import { createServer } from 'node:net';
import path from 'node:path';
import { SettingsError } from '../lib/settings.ts';
import { localCredentials } from './cloud/credentials.ts';
import { consoleSink } from './console.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Occupied, occupy, type RunningState, runningIn } from './running.ts';
import { sanitizeLinesForTerminal } from './sanitize-for-terminal.ts';
import { type LocalSettings, readLocalSettings } from './settings.ts';
import { lognormalMs } from './simulators/openai/simulator.ts';
import type { CustomerEvent } from './simulators/twilio/events.ts';
import { welcome } from './welcome.ts';

/** How fast the simulated model answers: quicker than a real one, so that trying it is pleasant. */
const modelMs = lognormalMs(1_500, 4_000);

/** Runs the stack here until it is stopped; what a person can fix is said in one line. */
export async function start(): Promise<void> {
  try {
    await run();
  } catch (error) {
    console.error(plainLine(error) ?? error);
    process.exit(1);
  }
}

async function run(): Promise<void> {
  const settings = readLocalSettings(process.env);
  const folder = takeFolder(settings.dataDir);
  await checkPort(settings.port);
  console.log('Bundling the Lambdas and synthesizing the stack …');
  const begun = performance.now();
  const engine = await startEngine({
    settings,
    keep: true,
    sink: consoleSink(path.join(settings.dataDir, 'logs'), process.stdout),
    openai: { runMs: modelMs },
    twilio: { watch: showOnPhone },
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`Running after ${seconds} s.\n`);
  folder.publish(runningState(engine, settings));
  console.log(welcome(engine, settings));
  stopOnSignal(engine, folder);
}

/** Two processes on one folder would spoil each other's tables. */
function takeFolder(dataDir: string): Occupied {
  let folder: Occupied | undefined;
  try {
    folder = occupy(dataDir);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(
      `The folder ${dataDir} cannot be written (${reason}): choose another by DATA_DIR.`,
    );
  }
  if (folder) return folder;
  const pid = runningIn(dataDir)?.pid;
  throw new SettingsError(
    `npm start runs already on ${dataDir}${pid ? ` (process ${pid})` : ''}: stop it, or choose another folder by DATA_DIR.`,
  );
}

/** Says at once that a port is taken, not after the bundling. */
async function checkPort(port: number): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => probe.close(resolve));
}

const runningState = (engine: Engine, settings: LocalSettings): RunningState => ({
  pid: process.pid,
  url: engine.cloud.url,
  twilio_url: engine.twilio?.url ?? null,
  mailbox_url: engine.mailbox?.url ?? null,
  business_number: settings.twilio.phoneNumber,
  dynamodb_url: engine.cloud.services.tables.endpoint,
  sqs_url: engine.cloud.services.queues.endpoint,
  access_key_id: localCredentials.accessKeyId,
  secret_access_key: localCredentials.secretAccessKey,
  functions: engine.cloud.deployed,
});

function showOnPhone(customer: string, event: CustomerEvent): void {
  const phone = customer.replace('whatsapp:', '');
  const show = (text: string) => console.log(sanitizeLinesForTerminal(`         ${text}`));
  if (event.kind === 'message') show(`→ ${phone}: ${event.body}`);
  if (event.kind === 'wrote') show(`← ${phone}: ${event.body}`);
}

function stopOnSignal(engine: Engine, folder: Occupied): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      folder.hide();
      // What hangs must not keep a person waiting.
      setTimeout(() => process.exit(1), 1_900).unref();
      engine.stop().then(
        () => {
          console.log('\nStopped; messages in flight are back in their queue.');
          process.exit(0);
        },
        (error: unknown) => {
          console.error('Stopping failed:', error);
          process.exit(1);
        },
      );
    });
  }
}

/** The faults that a person can fix, each as one plain line. */
function plainLine(error: unknown): string | undefined {
  if (error instanceof SettingsError) return error.message;
  const { code, port, message } = error as { code?: string; port?: number; message?: string };
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken: stop what uses it, or choose another: PORT=3001 npm start`;
  }
  if (code !== 'EACCES') return undefined;
  return port === undefined
    ? message
    : `Port ${port} may not be used by this user: choose one above 1024.`;
}
