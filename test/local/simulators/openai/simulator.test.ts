import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type OpenAI from 'openai';
import { APIConnectionError, type APIError, toFile } from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  lognormalMs,
  startOpenAiSimulator,
} from '../../../../local/simulators/openai/simulator.ts';
import { asking } from '../../../support/asking.ts';
import { virtualClock } from '../../../support/clock.ts';
import { clientOf, refusalOf, running } from './running.ts';

const model = 'gpt-4.1';

function aFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'openai-simulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'openai.sqlite');
}

describe('state', () => {
  it('survives a restart on the same file, in the middle of responses and runs', async () => {
    const file = aFile();
    const clock = virtualClock();
    const options = { file, now: clock.now, runMs: () => 3000 };
    const before = await startOpenAiSimulator(options);
    const first = clientOf(before);
    const { id } = await first.conversations.create({ metadata: { tenant: 'acme' } });
    const turn = { model, conversation: id, input: 'hello', background: true };
    const response = await first.responses.create(turn);
    const messages = [{ role: 'user' as const, content: 'hello' }];
    const thread = await first.beta.threads.create({ messages });
    const run = await first.beta.threads.runs.create(thread.id, { assistant_id: 'asst_1' });
    await before.close();

    const { client } = await running(options);
    const locked = await refusalOf(client.responses.create(turn));
    clock.pass(3000);

    expect(locked.code).toBe('conversation_locked');
    expect((await client.responses.retrieve(response.id)).status).toBe('completed');
    expect((await client.conversations.items.list(id)).data).toHaveLength(2);
    expect((await client.conversations.retrieve(id)).metadata).toEqual({ tenant: 'acme' });
    const { runs, messages: kept } = client.beta.threads;
    expect((await runs.retrieve(run.id, { thread_id: thread.id })).status).toBe('completed');
    expect((await kept.list(thread.id)).data).toHaveLength(2);
  });

  it('stops at once while clients wait', async () => {
    const simulator = await startOpenAiSimulator();
    const client = clientOf(simulator);
    const waiting = client.responses.create({ model, input: '/sim hang' });
    const broken = expect(waiting).rejects.toThrow();
    await expect.poll(() => simulator.calls.length).toBe(1);

    await simulator.close();

    await broken;
  });
});

describe('fault', () => {
  it('can lose the answer of a call that took effect', async () => {
    const { client, simulator } = await running();
    const { id } = await client.conversations.create();
    simulator.faults.add({ operation: 'responses.create', effect: { kind: 'lose' } });

    const turn = { model, conversation: id, input: 'hello', background: true };
    const lost = client.responses.create(turn);

    await expect(lost).rejects.toBeInstanceOf(APIConnectionError);
    const { data } = await client.conversations.items.list(id);
    expect(data).toHaveLength(2);
  });

  it('can be a rate limit, which tells the client when to come again', async () => {
    const { client, simulator } = await running();
    const headers = { 'retry-after-ms': '60' };
    const error = { message: 'Slow down.', type: 'requests', code: 'rate_limit_exceeded' };
    const effect = { kind: 'respond' as const, status: 429, headers, body: { error } };
    simulator.faults.add({ operation: 'responses.create', effect, times: 2 });

    const body = { model, input: 'hello' };
    const refusal = await client.responses.create(body).catch((error: unknown) => error);
    const response = await client.responses.create(body, { maxRetries: 1 });

    expect(refusal).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect((refusal as APIError).headers?.get('retry-after-ms')).toBe('60');
    expect(response.status).toBe('completed');
    expect(simulator.calls).toMatchObject(Array(3).fill({ operation: 'responses.create', body }));
  });

  it('can be asked for and taken back from another process', async () => {
    const { client, simulator } = await running();
    const url = `${simulator.url}/_sim/faults`;
    const effect = { kind: 'respond', status: 503 };
    const fault = { operation: 'conversations.create', effect, times: 2 };
    const ask = (body: unknown) => fetch(url, { method: 'POST', body: JSON.stringify(body) });

    const asked = await ask(fault);
    const refusal = await refusalOf(client.conversations.create());
    await fetch(url, { method: 'DELETE' });
    const created = await client.conversations.create();
    const wrong = await ask({ ...fault, operation: 'conversation.make' });
    const wrongEffect = await ask({ ...fault, effect: { kind: 'delay' } });

    expect(asked.status).toBe(204);
    expect(refusal.status).toBe(503);
    expect(created.id).toMatch(/^conv_/);
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('expected one of');
    expect(await wrongEffect.text()).toContain("Missing required parameter: 'effect.ms'.");
  });

  it('cannot be asked for by a page of another site', async () => {
    const { simulator } = await running();
    const url = `${simulator.url}/_sim/faults`;
    const foreign = [{ host: 'rebound.example' }, { origin: 'https://elsewhere.example' }];

    const answers = await Promise.all(foreign.map((headers) => asking(url, headers, 'DELETE')));

    expect(answers.map(({ status }) => status)).toEqual([403, 403]);
    expect((await asking(url, { host: 'localhost:1234' }, 'DELETE')).status).toBe(204);
  });
});

describe('middleware', () => {
  it('refuses a call without the API key', async () => {
    const { client, simulator } = await running({ apiKey: 'sk-right' });

    const refusal = await refusalOf(client.models.list());
    const models = await clientOf(simulator, 'sk-right').models.list();

    expect(refusal).toMatchObject({ status: 401, code: 'invalid_api_key' });
    expect(models.data).not.toHaveLength(0);
  });

  it('refuses a body that is not JSON, and a route that does not exist', async () => {
    const { client, simulator } = await running();
    const url = `${simulator.url}/v1/responses`;

    const broken = await fetch(url, { method: 'POST', body: '{"model": ' });
    const unknown = await refusalOf(client.embeddings.create({ model, input: 'hello' }));

    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain('We could not parse the JSON body');
    expect(unknown).toMatchObject({
      status: 404,
      message: '404 Invalid URL (POST /v1/embeddings)',
    });
  });

  it('gives every answer the id of its request', async () => {
    const { client } = await running();

    const { response, request_id } = await client.conversations.create().withResponse();

    expect(request_id).toMatch(/^req_/);
    expect(response.headers.get('openai-processing-ms')).toMatch(/^\d+$/);
  });
});

describe('file', () => {
  const uploaded = async (client: OpenAI, bytes: number) =>
    client.files.create({
      file: await toFile(Buffer.alloc(bytes), 'photo.png', { type: 'image/png' }),
      purpose: 'vision',
    });

  it('is uploaded once and named in messages', async () => {
    const { client } = await running();
    const file = await uploaded(client, 1000);

    const content = [{ type: 'input_image' as const, detail: 'auto' as const, file_id: file.id }];
    const response = await client.responses.create({ model, input: [{ role: 'user', content }] });

    expect(file).toMatchObject({ bytes: 1000, filename: 'photo.png', purpose: 'vision' });
    expect(await client.files.retrieve(file.id)).toEqual(file);
    expect(response.output_text).toContain('1 image');
  });

  it('is refused when it is larger than 20 MB', async () => {
    const { client } = await running();

    const refusal = await refusalOf(uploaded(client, 21 * 1024 * 1024));

    expect(refusal).toMatchObject({ status: 413, code: 'file_too_large' });
  });
});

describe('duration', () => {
  it('has the median and the 90th percentile that it was asked for', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const durationMs = lognormalMs(3000, 9000);

    const sorted = Array.from({ length: 20_000 }, () => durationMs(random)).sort((a, b) => a - b);

    expect((sorted[10_000] ?? 0) / 3000).toBeCloseTo(1, 1);
    expect((sorted[18_000] ?? 0) / 9000).toBeCloseTo(1, 1);
  });
});
