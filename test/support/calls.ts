import { expect } from 'vitest';
import { documented } from './documented.ts';
import type { TestEngine } from './engine.ts';

export interface Call {
  key: string;
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Calls of an engine's API, held against its document, which remember every credential that was sent. */
export function callsOf(engine: () => TestEngine) {
  const sent = new Set<string>();

  async function call(path: string, { key, method = 'GET', body, headers = {} }: Call) {
    sent.add(key);
    const response = await fetch(engine().cloud.url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return documented(method, path, response);
  }

  return {
    call,
    setFeature: (key: string, feature: string, feature_value: unknown, headers = {}) =>
      call(`/tenant-configuration/${feature}`, {
        key,
        method: 'POST',
        body: { feature_value },
        headers,
      }),
    /** Looks through all logs for the secret ends of the credentials, and for these words. */
    expectSilentLogs(words: string[], leastSecrets: number) {
      const secrets = [...sent].filter((key) => !key.startsWith('re_pub_'));
      expect(secrets.length).toBeGreaterThanOrEqual(leastSecrets);
      for (const secret of [...secrets.map((key) => key.slice(-20)), ...words]) {
        expect(engine().lines.filter((line) => line.includes(secret))).toEqual([]);
      }
    },
  };
}
