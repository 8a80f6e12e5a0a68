import { execFile, spawnSync } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tenantStore } from '../../lambdas/administration/stores/tenant-store.ts';
import { localCredentials } from '../../local/cloud/credentials.ts';
import { type Secrets, startSecrets } from '../../local/cloud/secrets.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** The command with these variables; no AWS can be reached. */
function fill(variables: Record<string, string>, ...parameters: string[]) {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['bin/replies.mjs', 'secrets', ...parameters],
    {
      cwd: projectRoot,
      env: {
        PATH: process.env['PATH'],
        AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        ...variables,
      },
    },
  );
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
      'no key for a company',
      { OPENAI_API_KEY: 'hush' },
      ['--stage', 'dev', '--company', 'acme'],
      'is the key of its mailbox: one text',
    ],
    [
      'several keys for a company',
      { MAILBOX_API_KEY: '{"acme": "hush"}' },
      ['--stage', 'dev', '--company', 'acme'],
      'is the key of its mailbox: one text',
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

describe('the keys of mailboxes that are filled', () => {
  const id = 'replies-engine/dev/mailbox-api-key/email';
  let secrets: Secrets;
  let tenants: TestTable;

  beforeAll(async () => {
    [secrets, tenants] = await Promise.all([
      startSecrets(),
      startTestTable([], 'replies-engine-tenants-dev'),
    ]);
    secrets.create(id);
    await tenantStore(tenants).create('acme', 'Acme');
  });

  afterAll(() => Promise.all([secrets.close(), tenants.close()]));

  /** What is stored once the command has ended, and what it said. */
  async function filled(key: string, ...parameters: string[]) {
    const env = {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_DYNAMODB: tenants.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
      MAILBOX_API_KEY: key,
    };
    const words = ['bin/replies.mjs', 'secrets', '--stage', 'dev', ...parameters];
    const said = await promisify(execFile)(process.execPath, words, { cwd: projectRoot, env }).then(
      ({ stdout }) => stdout,
      ({ stderr }) => String(stderr),
    );
    const client = new SecretsManagerClient({
      endpoint: secrets.url,
      region: 'us-east-1',
      credentials: localCredentials,
    });
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    return { said, stored: SecretString };
  }

  it('are one by one those of companies and of the deployment, or all at once', async () => {
    const first = await filled('hush');
    const ofAcme = await filled('hush too', '--company', 'acme');
    const again = await filled('hush again');
    const ofNobody = await filled('hush', '--company', 'acmee');
    const all = await filled('{"globex": "hush"}');

    expect(first).toMatchObject({ said: expect.stringContaining(`Filled: ${id}`), stored: 'hush' });
    expect(ofAcme).toEqual({
      said: `Filled: ${id}\n`,
      stored: '{"*":"hush","acme":"hush too"}',
    });
    expect(again.stored).toBe('{"*":"hush again","acme":"hush too"}');
    expect(ofNobody).toEqual({
      said: expect.stringContaining('There is no company acmee (dev)'),
      stored: again.stored,
    });
    expect(all.stored).toBe('{"globex": "hush"}');
  });
});
