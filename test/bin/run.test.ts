import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { functionLogs } from '../../local/function-logs.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'run-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `replies` in a process of its own, where nothing runs. */
function replies(args: string[], options: { node?: string[]; env?: object } = {}) {
  const { node = [], env = {} } = options;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...node, 'bin/replies.mjs', ...args],
    {
      cwd: projectRoot,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: folder, DATA_DIR: folder, ...env },
    },
  );
  return { status, stdout, stderr };
}

describe('replies', () => {
  it.each([[[]], [['--help']], [['help', 'tenants']], [['tenants']], [['dlq', 'list', '-h']]])(
    'shows help by %j, which is no error',
    (args) => {
      expect(replies(args)).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^Usage: replies /),
        stderr: '',
      });
    },
  );

  it('loads for its help nothing that only its commands need', () => {
    const loaded = `data:text/javascript,import { registerHooks } from 'node:module';
registerHooks({ load(url, c, next) { process.stderr.write(url + '\\n'); return next(url, c); } });`;

    const { stderr } = replies([], { node: ['--import', loaded] });

    expect(stderr).toContain('bin/commands/tenants.ts');
    expect(stderr).not.toMatch(/@aws-sdk|@smithy|aws-cdk|dynalite|openai\/|twilio\/lib/);
  });

  it('says in one line, with exit code 2, what was used wrongly', () => {
    expect(replies(['tenants', 'list', '--stge', 'prod'])).toEqual({
      status: 2,
      stdout: '',
      stderr:
        'replies tenants list takes no --stge. Did you mean --stage? (--help shows what it takes.)\n',
    });
  });

  it('says the same as JSON where JSON is asked for', () => {
    const { status, stdout, stderr } = replies(['tenants', 'list', '--json']);

    expect([status, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toEqual({
      error: expect.stringContaining('Nothing is running'),
      exit_code: 2,
    });
  });

  it('takes no option for the value of the one before it', () => {
    const { status, stderr } = replies(['keys', 'create', 'acme', '--name', '--stage=prod']);

    expect([status, stderr]).toEqual([
      2,
      '--name takes a value; one that begins with a hyphen is written --name=-1.\n',
    ]);
  });

  it('refuses an option that npm kept for itself', () => {
    const env = { npm_lifecycle_event: 'chat', npm_config_from: 'true' };

    expect(replies(['chat', '+15551230009', 'Hello'], { env })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('npm run chat -- --from'),
    });
  });
});

describe('replies logs and replies metric', () => {
  const keep = () => {
    const write = functionLogs(path.join(folder, 'logs'));
    const now = Date.now();
    const timestamp = new Date(now).toISOString();
    const metric = { _aws: { Timestamp: now, CloudWatchMetrics: [] }, deployment: 'd' };
    write(
      'replies-engine-receive-local',
      JSON.stringify({ level: 'WARN', message: 'Odd.', timestamp, error: { error_code: 'store' } }),
    );
    write('replies-engine-receive-local', JSON.stringify({ ...metric, MessagesReceived: [2, 3] }));
  };

  it('print JSON alone, which is stable', () => {
    keep();
    const metric = replies(['metric', 'MessagesReceived', '--json']);
    const logs = replies(['logs', 'receive', '--code', 'store', '--json']);
    const none = replies(['logs', 'receive', '--level', 'error', '--json']);

    expect(JSON.parse(metric.stdout)).toEqual({
      metric: 'MessagesReceived',
      statistic: 'Sum',
      period_seconds: 300,
      points: [{ time: expect.stringMatching(/^20.*:\d[05]:00.000Z$/), value: 5 }],
    });
    expect(JSON.parse(logs.stdout)).toMatchObject([{ message: 'Odd.' }]);
    expect([JSON.parse(none.stdout), metric.stderr, logs.stderr]).toEqual([[], '', '']);
  });

  it('search by one thing at a time', () => {
    expect(replies(['logs', 'receive', 'odd', '--level', 'warn'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('only one at a time'),
    });
  });
});
