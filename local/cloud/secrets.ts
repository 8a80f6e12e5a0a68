import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Hono } from 'hono';
import type { SimulatorEnv } from '../simulators/faults.ts';
import { type RunningServer, serveLocally } from '../simulators/server.ts';
import { localCredentials } from './credentials.ts';
import { signedBy } from './store-guard.ts';
import { arnOf } from './template.ts';

/**
 * Secrets Manager on one machine, as far as it is used: values by name or ARN, in memory. Where a folder is
 * given, generated values are stored in it, as nobody else has them.
 */
export interface Secrets extends RunningServer {
  /** Makes an empty secret; returns its ARN. */
  create(name: string): string;
  /** Makes a secret with a generated value, the same in each run; returns its ARN. */
  generate(name: string, length: number): string;
  fill(name: string, value: string): void;
}

type Target = 'GetSecretValue' | 'PutSecretValue';

export async function startSecrets(folder?: string): Promise<Secrets> {
  const values = new Map<string, string | undefined>();
  const kept = keptGenerated(folder);
  const nameOf = (id: string) => id.replace(/^arn:aws:secretsmanager:[^:]*:[^:]*:secret:/, '');
  const secretArn = (name: string) => arnOf('secretsmanager', `secret:${name}`);

  const app = new Hono<SimulatorEnv>();
  app.post('/', async (c) => {
    const target = c.req.header('x-amz-target')?.split('.')[1] as Target | undefined;
    const request = (await c.req.json()) as { SecretId: string; SecretString?: string };
    const name = nameOf(request.SecretId);
    const stored = values.get(name);
    const missing = (message: string) =>
      c.json({ __type: 'ResourceNotFoundException', Message: message }, 400);
    if (!values.has(name)) return missing("Secrets Manager can't find the specified secret.");
    switch (target) {
      case 'GetSecretValue':
        return stored === undefined
          ? missing(
              "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
            )
          : c.json({ ARN: secretArn(name), Name: name, SecretString: stored });
      case 'PutSecretValue':
        values.set(name, request.SecretString);
        return c.json({ ARN: secretArn(name), Name: name });
      default:
        return c.json({ __type: 'UnknownOperationException', Message: String(target) }, 400);
    }
  });
  const server = await serveLocally(app, 0, signedBy(localCredentials));
  return {
    ...server,
    create(name) {
      if (!values.has(name)) values.set(name, undefined);
      return secretArn(name);
    },
    generate(name, length) {
      values.set(name, kept[name] ?? randomText(length));
      kept[name] = String(values.get(name));
      keepGenerated(folder, kept);
      return secretArn(name);
    },
    fill: (name, value) => void values.set(name, value),
  };
}

const fileIn = (folder: string): string => path.join(folder, 'generated.json');

function keptGenerated(folder: string | undefined): Record<string, string> {
  if (!folder || !existsSync(fileIn(folder))) return {};
  return JSON.parse(readFileSync(fileIn(folder), 'utf8')) as Record<string, string>;
}

function keepGenerated(folder: string | undefined, kept: Record<string, string>): void {
  if (!folder) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(fileIn(folder), JSON.stringify(kept), { mode: 0o600 });
}

const randomText = (length: number): string =>
  randomBytes(length).toString('base64url').replace(/[-_]/g, 'x').slice(0, length);
