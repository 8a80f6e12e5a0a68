import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunningState } from '../../../local/running.ts';
import { aDataFolder, chatCommand, type Reaction, runningWith, startProduct } from './product.ts';

const atTheEnd: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of atTheEnd.splice(0)) await end();
});

const aFolder = (running?: RunningState, left?: boolean) => {
  const { folder, remove } = aDataFolder(running, left);
  atTheEnd.push(remove);
  return folder;
};

const aProduct = async (react: Reaction) => {
  const product = await startProduct(react);
  atTheEnd.push(product.close);
  return { ...product, folder: aFolder(runningWith(product.simulator.url)) };
};

const lines = (text: string) => text.trimEnd().split('\n');

describe('npm run chat with a text', () => {
  it('prints the reply, all its parts, and nothing else', async () => {
    const { folder, inbox } = await aProduct(({ Body }) => [`You said ${Body}.`, 'Anything else?']);

    const { code, stdout, stderr } = await chatCommand(folder, ['Good', 'morning']);

    expect(stdout).toBe('You said Good morning.\nAnything else?\n');
    expect(lines(stderr).slice(0, 1)).toEqual(['✓ sent']);
    expect(stderr).toContain('typing…');
    expect(code).toBe(0);
    expect(inbox).toMatchObject([{ From: 'whatsapp:+15551230001', To: 'whatsapp:+14155238886' }]);
  });

  it('sends a picture, from and to whom it is told', async () => {
    const { folder, inbox } = await aProduct(() => ['Nice.']);
    const picture = path.join(folder, 'photo.png');
    writeFileSync(picture, 'png');

    const parties = ['--from', '+15551230009', '--to=+14155230000'];
    const { code } = await chatCommand(folder, [...parties, '--image', picture]);

    expect(code).toBe(0);
    expect(inbox).toMatchObject([
      {
        From: 'whatsapp:+15551230009',
        To: 'whatsapp:+14155230000',
        NumMedia: '1',
        MediaContentType0: 'image/png',
      },
    ]);
  });

  it('says with which status and why it was refused', async () => {
    const problem = { title: 'Forbidden', detail: 'The signature is not ours.' };
    const { folder } = await aProduct(() => Response.json(problem, { status: 403 }));

    const { code, stdout, stderr } = await chatCommand(folder, ['Hello']);

    expect(lines(stderr)).toEqual([
      'The product refused the message with status 403: The signature is not ours.',
    ]);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it('says at once that no reply comes after STOP', async () => {
    const { folder, inbox } = await aProduct(() => []);

    const { code, stdout, stderr } = await chatCommand(folder, ['STOP']);

    expect(lines(stderr)).toEqual(['No reply comes after STOP; write START to get answers again.']);
    expect(stdout).toBe('');
    expect(code).toBe(0);
    expect(inbox).toMatchObject([{ Body: 'STOP' }]);
  });

  it('says where to look when no reply comes in time', async () => {
    const { folder } = await aProduct(() => []);

    const { code, stderr } = await chatCommand(folder, ['Hello', '--timeout', '0.2']);

    expect(lines(stderr).at(-1)).toMatch(
      /^No reply within 0.2 seconds to SM\w+: npx replies logs reply-processor says why/,
    );
    expect(code).toBe(1);
  });
});

describe('npm run chat with lines on stdin', () => {
  it('answers one after the other', async () => {
    const { folder, inbox } = await aProduct(({ Body }) => [`You said ${Body}.`]);

    const { code, stdout } = await chatCommand(folder, [], 'one\n\ntwo\n');

    expect(stdout).toBe('You said one.\nYou said two.\n');
    expect(inbox.map(({ Body }) => Body)).toEqual(['one', 'two']);
    expect(code).toBe(0);
  });

  it('ends with 1 when there is none', async () => {
    const { folder } = await aProduct(() => []);

    const { code, stderr } = await chatCommand(folder, []);

    expect(lines(stderr)).toEqual(['There is no message: give a text, or lines.']);
    expect(code).toBe(1);
  });
});

describe('npm run chat with nothing to talk to', () => {
  const startIt = expect.stringContaining('npm start');

  it.each([
    ['no running.json', undefined, false],
    ['a process that has ended', runningWith('http://127.0.0.1:1'), true],
    ['a connection that is refused', runningWith('http://127.0.0.1:1'), false],
    ['the real Twilio', runningWith(null), false],
  ])('says so in one line: %s', async (_, running, left) => {
    const folder = aFolder(running, left);

    const { code, stdout, stderr } = await chatCommand(folder, ['Hello']);

    expect(lines(stderr)).toEqual([
      running?.twilio_url === null ? expect.stringContaining('real Twilio') : startIt,
    ]);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });
});

describe('the options of npm run chat', () => {
  it.each([
    ['--form', '+15551230001'],
    ['--from', '12'],
    ['--timeout', 'long'],
    ['--image', 'no-such-file.png'],
    ['--image', 'test'],
  ])('are refused in one line when wrong: %s %s', async (flag, value) => {
    const { code, stderr } = await chatCommand(aFolder(), [flag, value, 'Hello']);

    expect(lines(stderr)).toEqual([expect.stringContaining(flag)]);
    expect(code).toBe(2);
  });

  it('are listed by --help', async () => {
    const { code, stdout } = await chatCommand(aFolder(), ['--help']);

    for (const flag of ['--from', '--to', '--timeout', '--image']) expect(stdout).toContain(flag);
    expect(code).toBe(0);
  });
});
