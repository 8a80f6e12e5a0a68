import { Hono } from 'hono';
import type { SimulatorEnv } from '../simulators/faults.ts';
import { type RunningServer, serveLocally } from '../simulators/server.ts';
import { localAccount, localRegion } from './template.ts';

/** Secrets Manager on one machine, as far as it is used: values by name or ARN, in memory only. */
export interface Secrets extends RunningServer {
  /** Makes an empty secret; returns its ARN. */
  create(name: string): string;
  fill(name: string, value: string): void;
}

type Target = 'GetSecretValue' | 'PutSecretValue';

export async function startSecrets(): Promise<Secrets> {
  const values = new Map<string, string | undefined>();
  const nameOf = (id: string) => id.replace(/^arn:aws:secretsmanager:[^:]*:[^:]*:secret:/, '');
  const arnOf = (name: string) =>
    `arn:aws:secretsmanager:${localRegion}:${localAccount}:secret:${name}`;

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
          : c.json({ ARN: arnOf(name), Name: name, SecretString: stored });
      case 'PutSecretValue':
        values.set(name, request.SecretString);
        return c.json({ ARN: arnOf(name), Name: name });
      default:
        return c.json({ __type: 'UnknownOperationException', Message: String(target) }, 400);
    }
  });
  const server = await serveLocally(app);
  return {
    ...server,
    create(name) {
      if (!values.has(name)) values.set(name, undefined);
      return arnOf(name);
    },
    fill: (name, value) => void values.set(name, value),
  };
}
