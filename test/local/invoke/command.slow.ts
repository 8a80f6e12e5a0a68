import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { projectRoot } from '../../../lib/constructs/bundle.ts';
import { type DeployedFunction, findFunction } from '../../../local/cloud/deployed-function.ts';
import { placeOf, UnknownFunction } from '../../../local/invoke/cloud.ts';
import { checkKind, EventFileError, readEvent } from '../../../local/invoke/event-file.ts';
import { occupy } from '../../../local/running.ts';
import { aRunningState } from '../../support/running-state.ts';

function aFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'invoke-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const aDeployed = (construct: string, shortName: string): DeployedFunction => ({
  logicalId: `WhatsAppReplies${construct}014AC785`,
  construct,
  context: 'whatsapp-replies',
  shortName,
  definition: {
    name: `replies-engine-${shortName}-local`,
    file: '/no/such/file.js',
    exportName: 'handler',
    memoryMb: 512,
    timeoutSeconds: 60,
    environment: {},
  },
});

const functions = [aDeployed('Receive', 'receive'), aDeployed('ReplyProcessor', 'reply-processor')];

describe('a function of the stack', () => {
  it.each([
    'ReplyProcessor',
    'replyprocessor',
    'reply-processor',
    'replies-engine-reply-processor-local',
    'WhatsAppRepliesReplyProcessor014AC785',
  ])('is found as %s', (name) => {
    expect(findFunction(functions, name)).toBe(functions[1]);
  });

  it('is not found by a part of its name', () => {
    expect(findFunction(functions, 'repl')).toBeUndefined();
  });

  it('is not found by a name that several have', () => {
    const [receive, replyProcessor] = functions.map((one) => ({ ...one, construct: 'Api' }));
    const all = [receive, replyProcessor].flatMap((one) => one ?? []);

    expect(findFunction(all, 'Api')).toBeUndefined();
    expect(findFunction(all, 'receive')).toBe(receive);
  });

  it('is that of npm start where one runs', async () => {
    const folder = aFolder();
    const occupied = occupy(folder);
    onTestFinished(() => occupied?.leave());
    occupied?.publish(aRunningState({ functions }));

    const place = await placeOf('reply-processor', { DATA_DIR: folder });

    expect(place.called).toEqual(functions[1]);
    expect(place.where).toContain('http://localhost:3000');
    await expect(placeOf('nothing', { DATA_DIR: folder })).rejects.toThrow(
      new UnknownFunction(
        'No function, or more than one, is called nothing. There are: receive, reply-processor.',
      ),
    );
  });
});

describe('an event file', () => {
  const fileOf = (text: string): string => {
    const file = path.join(aFolder(), 'event.json');
    writeFileSync(file, text);
    return file;
  };

  it('is read as JSON', () => {
    expect(readEvent(fileOf('{"Records": []}'))).toEqual({ Records: [] });
  });

  it('that is not there, or no file, is named', () => {
    expect(() => readEvent('no/such.json')).toThrow('no/such.json is not there');
    expect(() => readEvent(aFolder())).toThrow('cannot be read (EISDIR)');
  });

  it('that is malformed is refused without a word of what it says', () => {
    const text = '{"Body": "a secret" oops}';

    expect(() => readEvent(fileOf(text))).toThrow(EventFileError);
    expect(() => readEvent(fileOf(text))).toThrow(/is not JSON \(at position 20/);
    expect(() => readEvent(fileOf(text))).not.toThrow(/secret/);
  });

  it.each(['[]', 'null', '"text"', '7'])('that holds %s holds no event', (text) => {
    expect(() => readEvent(fileOf(text))).toThrow('holds no event: expected a JSON object');
  });
});

describe('an event', () => {
  const payload = (name: string) => readEvent(path.join(projectRoot, 'events', `${name}.json`));
  const check = (name: string, event: object) =>
    checkKind(event, 'mine.json', { construct: 'Trial', shortName: name });

  it.each([
    ['reply-processor', 'receive', 'mine.json is a request, but Trial takes a batch of messages'],
    ['receive', 'reply-processor', 'mine.json is a batch of messages, but Trial takes a request'],
    ['authorizer', 'leads-api', 'but Trial takes an authorizer request'],
    ['leads-api', 'authorizer', 'mine.json is an authorizer request'],
  ])('for %s is not that for %s', (name, other, why) => {
    expect(() => check(name, payload(other))).toThrow(why);
    expect(() => check(name, payload(other))).toThrow(`such as events/${name}.json.`);
    expect(() => check(name, payload(name))).not.toThrow();
  });

  it('that may be anything is left to the function', () => {
    expect(() => check('reply-processor', {})).not.toThrow();
  });
});

describe('replies invoke', () => {
  const run = (...parameters: string[]): Promise<{ code: number; out: string; said: string }> =>
    new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: aFolder() };
      const args = ['bin/replies.mjs', 'invoke', ...parameters];
      execFile(process.execPath, args, { cwd: projectRoot, env }, (error, out, said) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, said }),
      );
    });

  it.each([
    [[], 'replies invoke needs <function>: its construct (ReplyProcessor)'],
    [['reply-processor'], 'replies invoke needs <event-file>: the event as JSON'],
    [['reply-processor', 'events/reply-processor.json', 'more'], 'Unexpected: more.'],
    [['reply-processor', 'events/none.json'], 'events/none.json is not there'],
    [['reply-processor', 'events/leads-api.json'], 'ReplyProcessor takes a batch of messages'],
    [['--colour', 'reply-processor', 'events/reply-processor.json'], '--colour'],
  ])('refuses %j in one line', async (parameters, line) => {
    const { code, said } = await run(...parameters);

    expect(said.trimEnd().split('\n')).toEqual([expect.stringContaining(line)]);
    expect(code).toBe(2);
  });
});
