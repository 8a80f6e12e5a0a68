import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultModel } from '../../lambdas/agents/features.ts';
import { freePort, type StartedProcess, startProcess } from '../support/process.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');

let folder: string;
let url: string;
let started: StartedProcess;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'commands-'));
  const port = await freePort();
  url = `http://localhost:${port}`;
  started = await startProcess({ PORT: String(port), DATA_DIR: folder });
});

afterAll(async () => {
  started.child.kill('SIGINT');
  await started.ended;
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number;
  out: string;
  said: string;
}

/** A command of the project, as npm runs it. */
const run = (name: string, ...parameters: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: folder };
    execFile(
      process.execPath,
      ['bin/replies.mjs', name, ...parameters],
      { cwd: projectRoot, env },
      (error, out, said) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, said }),
    );
  });

const usage = (key: string) =>
  fetch(`${url}/usage`, { headers: { authorization: `Bearer ${key.trim()}` } });

describe('the commands', () => {
  it('make a company with a key that works, and take the key back', async () => {
    await run('tenants', 'create', 'acme', '--name', 'Acme & Söhne');
    const { out: key } = await run('keys', 'create', 'acme', '--name', 'the shop');
    const keyId = key.split('_').at(-2) ?? '';
    const before = await run('keys', 'list', 'acme');
    const revoked = await run('keys', 'revoke', 'acme', keyId);
    const after = await run('keys', 'list', 'acme');

    expect((await usage(key)).status).toBe(401);
    expect(key).toMatch(/^re_live_acme_\w{12}_\w{43}\n$/);
    expect(before.out).toMatch(new RegExp(`${keyId}.*until revoked, last used never.*the shop`));
    expect(revoked.code).toBe(0);
    expect(after.out).toMatch(new RegExp(`${keyId}.*revoked 20`));
    expect(before.out + after.out).not.toContain(key.split('_').at(-1)?.trim());
  });

  it('suspend and resume a company, and change its limits', async () => {
    await run('tenants', 'create', 'globex');
    const suspended = await run('tenants', 'suspend', 'globex');
    const { out: key } = await run('keys', 'create', 'globex');
    const refused = await usage(key);
    const resumed = await run('tenants', 'resume', 'globex');
    const changed = await run('tenants', 'change', 'globex', '--burst', '7');

    expect(suspended.out).toContain('suspended');
    expect(refused.status).toBe(403);
    expect(resumed.out).toContain('active');
    expect(changed.out).toContain('50/s, burst 7');
  });

  it('change of an assistant only what is named', async () => {
    const file = path.join(folder, 'about-us.txt');
    writeFileSync(file, 'We sell flowers.\n');
    await run('tenants', 'create', 'florist');
    await run('assistant', 'set', 'florist', '--instructions-file', file);
    await run(
      'assistant',
      'set',
      'florist',
      '--model',
      'gpt-5.6-sol',
      '--fallback-text',
      'Pardon?',
    );
    const shown = await run('assistant', 'show', 'florist');
    await run('assistant', 'set', 'florist', '--assistant-id', 'asst_1');
    const other = await run('assistant', 'show', 'florist');
    await run('assistant', 'reset', 'florist');
    const reset = await run('assistant', 'show', 'florist');

    expect(JSON.parse(shown.out)).toMatchObject({
      model: 'gpt-5.6-sol',
      instructions: 'We sell flowers.',
      texts: { fallback: 'Pardon?' },
    });
    expect(JSON.parse(other.out)).toEqual({
      adapter: 'threads',
      assistant_id: 'asst_1',
      texts: { fallback: 'Pardon?' },
      limits: {},
    });
    expect(JSON.parse(reset.out)).toEqual({ adapter: 'responses', model: defaultModel });
  });

  it('take a number from another company only when told to', async () => {
    await run('tenants', 'create', 'first');
    await run('tenants', 'create', 'second');
    const add = (company: string, ...more: string[]) =>
      run('channels', 'add', '+14155239999', '--company', company, '--project', 'shop', ...more);
    await add('first');

    const [taken, replaced] = [await add('second'), await add('second', '--replace')];

    expect(taken).toMatchObject({
      code: 2,
      said: expect.stringContaining('belongs to first/shop'),
    });
    expect(replaced.out).toContain('belongs to second/shop');
  });

  it.each([
    [['tenants', 'list'], [{ tenant_id: 'demo' }]],
    [['keys', 'list', 'demo'], [{ kind: 'key' }]],
    [['channels', 'list'], [{ company_id: 'demo' }]],
    [['customers', 'show', '+491701234567', '--company', 'demo'], { channels: [], leads: [] }],
    [['assistant', 'show', 'demo'], { adapter: 'responses' }],
    [['doctor'], [{ check: 'AWS', status: 'skip' }]],
    [['dlq', 'list'], [{ queue: 'leads', messages: 0 }]],
    [['dlq', 'show', 'leads'], []],
    [['metric', 'RepliesSent'], { statistic: 'Sum' }],
    [['logs', 'all'], []],
  ])('print by %j --json what a machine reads, and nothing else', async (command, said) => {
    const [name = '', ...parameters] = command;
    const { code, out } = await run(name, ...parameters, '--json');

    const parsed: unknown = JSON.parse(out);
    if (Array.isArray(said)) {
      const some = said.map((one) => expect.objectContaining(one));
      expect(parsed).toEqual(expect.arrayContaining(some));
    } else expect(parsed).toMatchObject(said);
    expect(code).toBe(0);
  });

  it('make a key that a machine can read', async () => {
    const { out } = await run('keys', 'create', 'demo', '--days', '1', '--json');

    const { key } = JSON.parse(out) as { key: string };
    expect((await usage(key)).status).toBe(200);
  });

  it.each([
    [['tenants', 'create', 'demo'], 'is there already'],
    [['tenants', 'change', 'demo', '--burst', 'many'], '--burst a whole one'],
    [['tenants', 'create', 'beeper', '--name', 'Bee\u0007per'], 'none a control character'],
    [['keys', 'create', 'demo', '--name', 'two\nlines'], 'all in one line'],
    [['keys', 'create', 'demo', '--role', 'Emperor'], 'TenantAdmin or OperationUser'],
    [['keys', 'create', 'demo', '--scopes', 'usage:read,sing'], '--scopes are some of'],
    [['keys', 'create', 'demo', '--days', '-1'], '--days is a number from 0.001 to 3650, not -1'],
    [['assistant', 'set', 'demo'], 'What is to change?'],
    [['assistant', 'set', 'demo', '--project', '', '--model', 'm'], 'A --project takes'],
    [['assistant', 'set', 'demo', '--instructions-file', 'no.txt'], 'no.txt is not there'],
    [
      ['channels', 'add', '+14155230000', '--company', 'nobody', '--project', 'x'],
      'no company nobody',
    ],
    [['tenants', 'list', '--stage', 'moon'], 'choose local, dev or prod'],
    [['keys', 'create', 'nobody'], 'replies tenants create nobody'],
    [['assistant', 'reset', 'demo', '--model', 'm'], 'replies assistant reset takes no --model'],
  ])('refuse %j in one line', async ([name = '', ...parameters], said) => {
    const ended = await run(name, ...parameters);

    expect(ended.code).toBe(2);
    expect(ended.said).toContain(said);
    expect(ended.said.trim().split('\n')).toHaveLength(1);
  });
});
