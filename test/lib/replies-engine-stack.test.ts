import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { deploymentOf, resourcesOf, stageNames, templateOf } from '../support/stack.ts';

const dataTypes = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::SecretsManager::Secret'];

const protectionOf = (template: Template) => {
  const [[, table] = []] = resourcesOf(template, 'AWS::DynamoDB::Table');
  return {
    deletion: table?.Properties.DeletionProtectionEnabled,
    recovery: table?.Properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,
  };
};

// Synthesized beforehand: a test's time is bounded, and the first synthesis of a process is slow.
const production = templateOf('prod');

describe('a production deployment', () => {
  it('keeps its data when the stack is deleted or a resource replaced', () => {
    for (const type of dataTypes) {
      for (const [, { DeletionPolicy, UpdateReplacePolicy }] of resourcesOf(production, type)) {
        expect([type, DeletionPolicy]).toEqual([type, expect.stringMatching(/^Retain/)]);
        expect([type, UpdateReplacePolicy]).toEqual([type, 'Retain']);
      }
    }
  });

  it('can restore its table to a point in time, and protects it from deletion', () => {
    expect(protectionOf(production)).toEqual({ deletion: true, recovery: true });
  });

  it('cannot be deleted as a stack by mistake', () => {
    expect(deploymentOf('prod').terminationProtection).toBe(true);
  });
});

describe('a development deployment', () => {
  it('leaves nothing behind', () => {
    for (const type of dataTypes) {
      for (const [, { DeletionPolicy }] of resourcesOf(templateOf('dev'), type)) {
        expect([type, DeletionPolicy]).toEqual([type, 'Delete']);
      }
    }
    expect(protectionOf(templateOf('dev'))).toEqual({ deletion: false, recovery: false });
  });
});

describe('a deployment', () => {
  it.each(stageNames)('names and tags its resources by prefix and environment (%s)', (stage) => {
    const template = templateOf(stage);
    const named = [
      ...resourcesOf(template, 'AWS::DynamoDB::Table').map(([, one]) => one.Properties.TableName),
      ...resourcesOf(template, 'AWS::SQS::Queue').map(([, one]) => one.Properties.QueueName),
      ...resourcesOf(template, 'AWS::Lambda::Function').map(
        ([, one]) => one.Properties.FunctionName,
      ),
    ];

    for (const name of named) {
      expect(name).toMatch(new RegExp(`^acme-[a-z-]+-${stage}(\\.fifo)?$`));
    }
    for (const [, table] of resourcesOf(template, 'AWS::DynamoDB::Table')) {
      expect(table.Properties.Tags).toEqual([
        { Key: 'environment', Value: stage },
        { Key: 'project', Value: 'acme' },
      ]);
    }
  });

  it('has no secret in its template, even where the deploying shell holds some', () => {
    const secrets = {
      OPENAI_API_KEY: 'sk-value-of-the-key',
      TWILIO_ACCOUNT_SID: `AC${'7'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'value-of-the-token',
      TWILIO_PHONE_NUMBER: '+15550001234',
      AWS_SECRET_ACCESS_KEY: 'value-of-the-access-key',
    };

    const text = JSON.stringify(templateOf('dev', secrets).toJSON());

    for (const secret of [...Object.values(secrets), 'local-auth-token', '"SecretString"']) {
      expect(text).not.toContain(secret);
    }
  });
});
