import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Hono } from 'hono';
import { occupy, type RunningState } from '../../../local/running.ts';
import type { SimulatorEnv } from '../../../local/simulators/faults.ts';
import { serveLocally } from '../../../local/simulators/server.ts';
import { startTwilioSimulator } from '../../../local/simulators/twilio/simulator.ts';
import { aRunningState } from '../../support/running-state.ts';

const accountSid = `AC${'1'.repeat(32)}`;
const authToken = 'a-token-for-tests';
const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;

type Inbound = Record<string, string>;

/** What the stub does with a message: the texts that it replies, or the answer that refuses it. */
export type Reaction = (inbound: Inbound) => string[] | Response;

/** Stands in for what `npm start` runs: types, then replies through the simulator's API. */
export async function startProduct(react: Reaction) {
  const inbox: Inbound[] = [];
  const app = new Hono<SimulatorEnv>().post('/whatsapp', async (c) => {
    const inbound = Object.fromEntries(new URLSearchParams(await c.req.text()));
    inbox.push(inbound);
    const reaction = react(inbound);
    if (reaction instanceof Response) return reaction;
    if (reaction.length > 0) void reply(simulator.url, inbound, reaction);
    return c.text('<Response/>');
  });
  const server = await serveLocally(app);
  const simulator = await startTwilioSimulator({
    accountSid,
    authToken,
    webhookUrl: () => `${server.url}/whatsapp`,
    deliveryMs: 2,
  });
  const close = async () => {
    await simulator.close();
    await server.close();
  };
  return { inbox, simulator, close };
}

async function reply(origin: string, inbound: Inbound, bodies: string[]): Promise<void> {
  const post = (url: string, form: Record<string, string>) =>
    fetch(origin + url, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(form),
    });
  const { MessageSid = '', From = '', To = '' } = inbound;
  await post('/v2/Indicators/Typing.json', { messageId: MessageSid, channel: 'whatsapp' });
  for (const Body of bodies) {
    await post(`/2010-04-01/Accounts/${accountSid}/Messages.json`, { To: From, From: To, Body });
  }
}

/** A data folder as the local cloud keeps it while it runs; this process has it, unless it was `left`. */
export function aDataFolder(running?: RunningState, left = false) {
  const folder = mkdtempSync(path.join(tmpdir(), 'chat-'));
  const occupied = running && occupy(folder);
  if (running) occupied?.publish(running);
  if (left) occupied?.leave();
  if (running && left) writeFileSync(path.join(folder, 'running.json'), JSON.stringify(running));
  const remove = () => {
    if (!left) occupied?.leave();
    rmSync(folder, { recursive: true, force: true });
  };
  return { folder, remove };
}

export const runningWith = (twilioUrl: string | null): RunningState =>
  aRunningState({ url: 'http://127.0.0.1:1', twilio_url: twilioUrl });

/** Runs the command in a process of its own, as `npm run chat` does. */
export function chatCommand(folder: string, args: string[], stdin = '') {
  const env = { ...process.env, DATA_DIR: folder, NO_COLOR: '1', FORCE_COLOR: undefined };
  const child = spawn(process.execPath, ['bin/replies.mjs', 'chat', ...args], { env });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  child.stdin.end(stdin);
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
}
