import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectRoot } from '../../../lib/constructs/bundle.ts';
import { modelFaultOf } from '../../../local/simulators/control-requests.ts';
import {
  type MailboxSimulator,
  startMailboxSimulator,
} from '../../../local/simulators/mailbox/simulator.ts';
import { simulatedAnswer } from '../../../local/simulators/openai/answer.ts';
import {
  type OpenAiSimulator,
  startOpenAiSimulator,
} from '../../../local/simulators/openai/simulator.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../../local/simulators/twilio/simulator.ts';

const page = readFileSync(path.join(projectRoot, 'docs/guides/break-it.md'), 'utf8');

let openai: OpenAiSimulator;
let twilio: TwilioSimulator;
let mailbox: MailboxSimulator;

beforeAll(async () => {
  openai = await startOpenAiSimulator();
  twilio = await startTwilioSimulator({
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'token',
    webhookUrl: () => 'http://127.0.0.1:1/',
  });
  mailbox = await startMailboxSimulator({ apiKey: 'key' });
});

afterAll(() => Promise.all([openai.close(), twilio.close(), mailbox.close()]));

const allOf = (pattern: RegExp): string[] => [...page.matchAll(pattern)].map(([, one = '']) => one);
const outcomeOf = (text: string) =>
  simulatedAnswer({ input: [{ text, imageCount: 0 }], history: [] } as unknown as Parameters<
    typeof simulatedAnswer
  >[0]);

describe('the page on breaking things', () => {
  it('names each command that the simulated model knows, and no other', () => {
    const named = allOf(/^\| `\/sim (\w+)/gm).filter((one) => one !== 'help');
    const help = outcomeOf('/sim help');
    const known = 'text' in help ? [...help.text.matchAll(/[/,] ?(?:sim )?(\w+)/g)] : [];

    expect([...new Set(named)].sort()).toEqual(known.map(([, one = '']) => one).sort());
  });

  it.each(allOf(/`(\/sim [^`]+)`/g).filter((one) => !one.endsWith('help')))(
    'tells of %s what it does',
    (line) => {
      const plainly = outcomeOf('Hello');
      const help = outcomeOf('/sim help');

      expect(outcomeOf(line)).not.toEqual(plainly);
      expect(outcomeOf(line)).not.toEqual(help);
    },
  );

  it.each(['rate_limit_exceeded', 'invalid_prompt', 'context_length_exceeded'])(
    'names the failure %s, which is one',
    (code) => {
      expect(page).toContain(code);
      expect(outcomeOf(`/sim fail ${code}`)).toMatchObject({ kind: 'failed', code });
    },
  );

  it('shows effects that the simulators take, each kind of them', () => {
    const effects = allOf(/^\| `(\{"kind".+\})` \|/gm).map((text) => JSON.parse(text));
    const fault = modelFaultOf(z.string());

    expect(effects.map(({ kind }) => kind)).toEqual(['respond', 'lose', 'garble', 'delay', 'sim']);
    for (const effect of effects)
      expect(fault.safeParse({ operation: 'x', effect }).success).toBe(true);
  });

  it.each([
    ['OpenAI', () => openai.url],
    ['Twilio', () => twilio.url],
  ])('names each operation of %s, and no other', async (vendor, url) => {
    const body = JSON.stringify({ operation: 'nothing', effect: { kind: 'lose' } });
    const refused = await fetch(`${url()}/_sim/faults`, { method: 'POST', body });
    const said = await refused.text();
    const [, row = ''] = new RegExp(`^\\| ${vendor} \\| (.+) \\|$`, 'm').exec(page) ?? [];
    const named = [...row.matchAll(/`([\w.]+)`/g)].map(([, one = '']) => one);

    expect(refused.status).toBe(400);
    expect(named.length).toBeGreaterThan(0);
    expect(
      [...said.matchAll(/\b[a-z]\w*(?:\.\w+)+\b|(?<=, )model(?=,)/g)].map(([one]) => one).sort(),
    ).toEqual(named.sort());
  });

  it('shows commands that the simulators take as they stand', async () => {
    const run = mailbox.load();
    const urls: Record<string, string> = { OPENAI: openai.url, MAILBOX: mailbox.url };
    const commands = page.matchAll(/^curl (?:-X (\w+) )?\$(\w+)(\S+)(?: -d '(.+)')?$/gm);
    const statuses: number[] = [];
    for (const [, method, vendor = '', place = '', body] of commands) {
      const response = await fetch(urls[vendor] + place.replace('RUN', run.id), {
        method: method ?? (body ? 'POST' : 'GET'),
        ...(body && { body }),
      });
      statuses.push(response.status);
    }

    expect(statuses).toEqual([204, 204, 200, 204, 204]);
  });
});
