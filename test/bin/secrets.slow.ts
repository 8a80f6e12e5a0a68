import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** The command with these variables; no AWS can be reached. */
function fill(variables: Record<string, string>, ...parameters: string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['bin/secrets.ts', ...parameters], {
    cwd: projectRoot,
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      ...variables,
    },
  });
  return { status, said: stderr.toString() };
}

const twilio = {
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'hush',
  TWILIO_PHONE_NUMBER: '+14155238886',
};

describe('the command that fills the secrets', () => {
  it.each([
    ['no stage', { OPENAI_API_KEY: 'hush' }, [], '--stage dev or --stage prod'],
    ['no variable', {}, ['--stage', 'dev'], 'None of the variables is set'],
    [
      'half a JSON object',
      { MAILBOX_API_KEY: '{"acme": "hush"' },
      ['--stage', 'dev'],
      'but is none',
    ],
    ['a key that is none', { MAILBOX_API_KEY: '{"acme": 1}' }, ['--stage', 'dev'], 'but is none'],
    [
      'a number without its country',
      { ...twilio, TWILIO_PHONE_NUMBER: '4155238886' },
      ['--stage', 'dev'],
      'write it with its country',
    ],
    [
      'half of the credentials',
      { TWILIO_ACCOUNT_SID: twilio.TWILIO_ACCOUNT_SID },
      ['--stage', 'dev'],
      'TWILIO_AUTH_TOKEN, TWILIO_PHONE_NUMBER is missing',
    ],
    [
      'another SID',
      { ...twilio, TWILIO_ACCOUNT_SID: 'SK1' },
      ['--stage', 'dev'],
      'AC and 32 hexadecimal digits',
    ],
  ])('refuses %s before it fills any', (_, variables, parameters, said) => {
    const result = fill(variables, ...parameters);

    expect(result.status).toBe(2);
    expect(result.said).toContain(said);
    expect(result.said).not.toContain('hush');
    expect(result.said.trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['one key', { MAILBOX_API_KEY: 'hush' }],
    ['keys by company', { MAILBOX_API_KEY: '{"acme": "hush", "globex": "hush too"}' }],
    ['credentials of Twilio', twilio],
  ])('takes %s to AWS, which is not there', (_, variables) => {
    const result = fill(variables, '--stage', 'dev');

    expect(result.status).toBe(1);
    expect(result.said).toContain('No answer (');
    expect(result.said).not.toContain('hush');
  });
});
