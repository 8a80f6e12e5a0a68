import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  GetAccountSettingsCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsChecks, secretsCheck } from '../../../bin/doctor/aws.ts';
import { deploymentOf } from '../../../bin/doctor/deployment.ts';

const formation = mockClient(CloudFormationClient);
const lambda = mockClient(LambdaClient);
const secrets = mockClient(SecretsManagerClient);
const target = { stage: 'prod', prefix: 'acme' } as const;
const { signal } = new AbortController();

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-central-1');
});

afterEach(() => {
  vi.unstubAllEnvs();
  for (const mock of [formation, lambda, secrets]) mock.reset();
});

afterAll(() => {
  for (const mock of [formation, lambda, secrets]) mock.restore();
});

const look = async (name: string) => {
  const deployment = deploymentOf(target);
  const checks = [...awsChecks(deployment), secretsCheck(deployment)];
  const check = checks.find((one) => one.name === name);
  return (await check?.look(signal)) ?? [];
};

describe('the check of the stack', () => {
  it.each([
    ['UPDATE_COMPLETE', 'ok'],
    ['UPDATE_IN_PROGRESS', 'warn'],
    ['UPDATE_ROLLBACK_COMPLETE', 'warn'],
    ['ROLLBACK_COMPLETE', 'FIX'],
    ['UPDATE_ROLLBACK_FAILED', 'FIX'],
  ])('judges %s', async (StackStatus, status) => {
    formation
      .on(DescribeStacksCommand, { StackName: 'acme-prod' })
      .resolves({ Stacks: [{ StackStatus } as never] });

    expect(await look('stack')).toMatchObject([{ status }]);
  });

  it('says how to deploy what is not there', async () => {
    formation
      .on(DescribeStacksCommand)
      .rejects(new Error('Stack with id acme-prod does not exist'));

    expect(await look('stack')).toMatchObject([
      { status: 'FIX', text: expect.stringContaining('npx replies deploy --stage prod') },
    ]);
  });
});

describe('the check of the secrets', () => {
  const twilio = { twilio_account_sid: `AC${'1'.repeat(32)}`, twilio_auth_token: 'hush' };
  const filled = (name: string, value: string) =>
    secrets
      .on(GetSecretValueCommand, { SecretId: `acme/prod/${name}` })
      .resolves({ SecretString: value });

  it('tells which are filled, and never with what', async () => {
    filled('openai-api-key/whatsapp', 'sk-hush');
    filled('whatsapp-credentials/twilio', JSON.stringify(twilio));
    filled('mailbox-api-key/email', 'hush');

    const reports = await look('secrets');

    expect(reports.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(JSON.stringify(reports)).not.toContain('hush');
  });

  it('says how to fill those that are empty or of no use', async () => {
    const empty = new Error("can't find the specified secret value");
    empty.name = 'ResourceNotFoundException';
    secrets.on(GetSecretValueCommand).rejects(empty);
    filled('whatsapp-credentials/twilio', JSON.stringify({ ...twilio, twilio_account_sid: 'AC' }));

    const reports = await look('secrets');

    expect(reports.map(({ status }) => status)).toEqual(['FIX', 'FIX', 'warn']);
    expect(reports[0]?.text).toContain('npx replies secrets --stage prod --prefix acme');
    expect(reports[1]?.text).toContain('twilio_account_sid');
  });
});

describe('the check of concurrency', () => {
  const mapping = (name: string, MaximumConcurrency: number) => ({
    FunctionArn: `arn:aws:lambda:eu-central-1:1:function:${name}`,
    ScalingConfig: { MaximumConcurrency },
  });

  it.each([
    [10, 'FIX'],
    [110, 'warn'],
    [1_000, 'ok'],
  ])('compares a quota of %i with what this stage’s workers may take', async (limit, status) => {
    lambda
      .on(GetAccountSettingsCommand)
      .resolves({ AccountLimit: { UnreservedConcurrentExecutions: limit } });
    lambda
      .on(ListEventSourceMappingsCommand)
      .resolvesOnce({ EventSourceMappings: [mapping('acme-reply-prod', 50)], NextMarker: 'm' })
      .resolves({
        EventSourceMappings: [
          mapping('acme-email-prod', 50),
          mapping('acme-email-dev', 400),
          mapping('other-email-prod', 400),
        ],
      });

    expect(await look('concurrency')).toMatchObject([
      { status, text: expect.stringContaining('may take 100') },
    ]);
  });
});
