import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { refusalText } from '../local/refusal-text.ts';
import { nothingRuns, runningIn } from '../local/running.ts';
import { CommandError } from './command.ts';

/** Where an API is, and the key that opens it. */
export interface ApiOptions {
  url?: string | undefined;
  key?: string | undefined;
}

export type CallApi = <Answer>(
  method: 'GET' | 'POST',
  where: string,
  body?: object,
) => Promise<Answer>;

const maxTries = 3;
const pauseMs = 500;

/** Calls an API: the one that is named, or the one that runs here, with the demo's key. What fails is tried again. */
export function apiOf(options: ApiOptions): CallApi {
  const { url, key } = reached(options);
  return async <Answer>(method: string, where: string, body?: object) => {
    const request = {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        // Of all tries of one call: it is handled once.
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
      },
      ...(body && { body: JSON.stringify(body) }),
    };
    const response = await answerOf(url + where, request);
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as Answer;
    throw new Error(refusalText(method, where, response.status, text));
  };
}

async function answerOf(url: string, request: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const isLast = tries === maxTries;
    try {
      const response = await fetch(url, request);
      if (isLast || response.status < 500) return response;
    } catch (error) {
      if (isLast) throw error;
    }
    await sleep(pauseMs * tries);
  }
}

function reached({ url, key }: ApiOptions): { url: string; key: string } {
  if (url !== undefined) {
    if (!/^https?:\/\/\S+$/.test(url))
      throw new CommandError(`"${url}" is no URL: --url takes the ApiUrl of the stack.`);
    if (key === undefined)
      throw new CommandError('Which key? Set REPLIES_API_KEY; replies keys create makes one.');
    return { url: url.replace(/\/+$/, ''), key };
  }
  const dataDir = path.resolve(process.env['DATA_DIR'] ?? '.local');
  const state = runningIn(dataDir);
  if (!state) throw new CommandError(`${nothingRuns(dataDir)} Or name an API, by --url.`);
  const demoKey = () => readFileSync(path.join(dataDir, 'demo-key'), 'utf8').trim();
  return { url: state.url, key: key ?? demoKey() };
}
