import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { localCredentials } from '../../../local/cloud/credentials.ts';
import type { Resource } from '../../../local/cloud/template.ts';
import { make } from './made-resources.ts';

const aFunction = (environment: Record<string, unknown> = {}): Resource => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: 'trial',
    Handler: 'index.handler',
    Code: { S3Bucket: 'assets', S3Key: 'abc.zip' },
    MemorySize: 128,
    Timeout: 5,
    Environment: { Variables: environment },
  },
});

describe('the resources of a template', () => {
  it('are an error that names type and logical id where a type is not known', async () => {
    const made = make({ Orders: { Type: 'AWS::Kinesis::Stream', Properties: {} } });

    await expect(made).rejects.toThrow(
      'The local cloud does not support AWS::Kinesis::Stream (Orders); add it in local/cloud/resources.ts.',
    );
  });

  it('are made after those that they refer to, in whatever order they are written', async () => {
    const { services, resolver } = await make({
      Inbox: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'inbox.fifo',
          FifoQueue: true,
          VisibilityTimeout: 70,
          RedrivePolicy: {
            deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] },
            maxReceiveCount: 5,
          },
          Tags: [{ Key: 'project', Value: 'acme' }],
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead.fifo', FifoQueue: true } },
    });

    const { Attributes: attributes } = await services.queues.client.send(
      new GetQueueAttributesCommand({
        QueueUrl: resolver.made('Inbox')?.ref,
        AttributeNames: ['All'],
      }),
    );
    expect(attributes).toMatchObject({ FifoQueue: 'true', VisibilityTimeout: '70' });
    expect(JSON.parse(attributes?.['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:dead.fifo',
      maxReceiveCount: 5,
    });
  });

  it('are left out where their condition does not hold', async () => {
    const { resolver } = await make(
      {
        Yes: { Type: 'AWS::Logs::LogGroup', Properties: {}, Condition: 'Always' },
        No: { Type: 'AWS::Kinesis::Stream', Properties: {}, Condition: 'Never' },
      },
      { Always: { 'Fn::Equals': [1, 1] }, Never: { 'Fn::Equals': [1, 2] } },
    );

    expect(resolver.made('Yes')).toBeDefined();
    expect(resolver.made('No')).toBeUndefined();
  });

  it('that would wake people are named as AWS names them, and ring nowhere', async () => {
    const { resolver } = await make({
      Alarms: {
        Type: 'AWS::SNS::Topic',
        Properties: { TopicName: 'alarms', KmsMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
      },
      Key: { Type: 'AWS::KMS::Key', Properties: {} },
      Policy: { Type: 'AWS::SNS::TopicPolicy', Properties: { Topics: [{ Ref: 'Alarms' }] } },
      Told: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: { Ref: 'Alarms' }, Protocol: 'email', Endpoint: 'a@acme.dev' },
      },
      Late: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: { AlarmName: 'late', AlarmActions: [{ Ref: 'Alarms' }] },
      },
      Page: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardName: 'page' } },
    });

    expect(resolver.made('Alarms')?.ref).toBe('arn:aws:sns:us-east-1:000000000000:alarms');
    expect(resolver.made('Late')).toEqual({
      ref: 'late',
      attributes: { Arn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:late' },
    });
    expect(resolver.made('Page')?.ref).toBe('page');
  });

  it('have a table with its keys', async () => {
    const { services } = await make({
      Conversations: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'conversations',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
        },
      },
    });

    const { Table: table } = await services.tables.client.send(
      new DescribeTableCommand({ TableName: 'conversations' }),
    );
    expect(table?.KeySchema).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }]);
  });

  it('give a function the environment of the template and what Lambda itself sets', async () => {
    const { services } = await make({
      Trial: aFunction({ TABLE: { Ref: 'Logs' }, REGION: { Ref: 'AWS::Region' } }),
      Logs: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/lambda/trial' } },
    });

    const seen = (await services.functions.get('trial')?.invoke({})) as Record<string, string>;

    const { TABLE, REGION, ...own } = seen;
    expect({ TABLE, REGION }).toEqual({ TABLE: '/aws/lambda/trial', REGION: 'us-east-1' });
    expect(own).toMatchObject({
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'trial',
      AWS_ENDPOINT_URL_SQS: services.queues.endpoint,
      AWS_ENDPOINT_URL_S3: services.objects.endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: services.tables.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: services.secrets.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: services.events.url,
    });
    expect(Object.keys(own).filter((name) => !/^(AWS_|LAMBDA_|TZ$)/.test(name))).toEqual([]);
  });

  it('name the bundle that is missing', async () => {
    const lost = aFunction();
    const code = { S3Bucket: 'assets', S3Key: 'lost.zip' };

    const made = make({ Trial: { ...lost, Properties: { ...lost.Properties, Code: code } } });

    await expect(made).rejects.toThrow('asset.lost');
  });

  it('lead routes to their functions', async () => {
    const { services } = await make({
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          RouteKey: 'GET /health',
          Target: { 'Fn::Join': ['', ['integrations/', { Ref: 'Integration' }]] },
        },
      },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: { IntegrationUri: { 'Fn::GetAtt': ['Trial', 'Arn'] } },
      },
      Trial: aFunction(),
    });

    expect(services.routes).toMatchObject([
      { routeKey: 'GET /health', target: services.functions.get('trial') },
    ]);
  });
});

const generated = (how: object): Record<string, Resource> => ({
  Key: {
    Type: 'AWS::SecretsManager::Secret',
    Properties: { Name: 'key', GenerateSecretString: how },
  },
});

describe('a secret that makes itself up', () => {
  it('has a value of that length', async () => {
    const { services } = await make(generated({ PasswordLength: 64, ExcludePunctuation: true }));

    const client = new SecretsManagerClient({
      endpoint: services.secrets.url,
      region: 'us-east-1',
      credentials: localCredentials,
    });
    const { SecretString: value } = await client.send(
      new GetSecretValueCommand({ SecretId: 'key' }),
    );
    expect(value).toMatch(/^[A-Za-z0-9]{64}$/);
  });

  it('is an error where it is to be made in a way that is not known', async () => {
    const made = make(generated({ SecretStringTemplate: '{}', GenerateStringKey: 'password' }));

    await expect(made).rejects.toThrow('SecretStringTemplate, GenerateStringKey');
  });
});
