import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { functionsOf, referredBy, resourcesOf, templateOf } from '../../support/stack.ts';

const template = templateOf('dev');

const only = (type: string, filter: (properties: Record<string, unknown>) => boolean) => {
  const found = resourcesOf(template, type).filter(([, { Properties }]) => filter(Properties));
  expect(found).toHaveLength(1);
  const [[logicalId, { Properties }] = ['', { Properties: {} }]] = found;
  return { logicalId, properties: Properties };
};
const named = (name: string) => only('AWS::SQS::Queue', ({ QueueName }) => QueueName === name);
const deadLetters = named('acme-whatsapp-replies-dlq-dev.fifo');
const inbox = named('acme-whatsapp-replies-dev.fifo');
const processor = functionsOf(template)['whatsapp-replies-reply-processor'];

describe('the inbox', () => {
  it('keeps the order of each customer and lets customers overtake each other', () => {
    expect(inbox.properties).toMatchObject({
      QueueName: 'acme-whatsapp-replies-dev.fifo',
      FifoQueue: true,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  it('leaves it to the sender what counts as a repetition', () => {
    expect(inbox.properties.ContentBasedDeduplication ?? false).toBe(false);
  });

  it('brings a message back just after the function that had it must have ended', () => {
    const grace = inbox.properties.VisibilityTimeout - processor.Timeout;

    expect(grace).toBeGreaterThan(0);
    expect(grace).toBeLessThanOrEqual(30);
  });

  it('hands a message that keeps crashing the function over to the dead letters', () => {
    const { deadLetterTargetArn, maxReceiveCount } = inbox.properties.RedrivePolicy;

    expect(referredBy(deadLetterTargetArn)).toBe(deadLetters.logicalId);
    expect(maxReceiveCount).toBeLessThanOrEqual(1000);
  });

  it('outlasts every wait that a run may need, within the tries that it has', () => {
    const waits = inbox.properties.RedrivePolicy.maxReceiveCount * processor.Timeout;

    expect(waits).toBeGreaterThan(3600);
    expect(inbox.properties.MessageRetentionPeriod).toBeGreaterThan(3600);
  });

  it('keeps dead letters longer than messages, for a person to look at', () => {
    expect(deadLetters.properties.FifoQueue).toBe(true);
    expect(deadLetters.properties.MessageRetentionPeriod).toBeGreaterThan(
      inbox.properties.MessageRetentionPeriod,
    );
  });

  it('is encrypted at rest, and refuses callers without TLS', () => {
    for (const { logicalId, properties } of [inbox, deadLetters]) {
      expect(properties.SqsManagedSseEnabled).toBe(true);
      template.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: logicalId }],
        PolicyDocument: Match.objectLike({
          Statement: [
            Match.objectLike({
              Effect: 'Deny',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            }),
          ],
        }),
      });
    }
  });

  it('is read in batches whose messages fail one by one', () => {
    const source = only(
      'AWS::Lambda::EventSourceMapping',
      ({ EventSourceArn }) => referredBy(EventSourceArn) === inbox.logicalId,
    ).properties;

    expect(referredBy(source.EventSourceArn)).toBe(inbox.logicalId);
    expect(source.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
    expect(source.BatchSize).toBeLessThanOrEqual(10);
    expect(source.MaximumBatchingWindowInSeconds).toBeUndefined();
    expect(source.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
  });
});

describe('the conversations table', () => {
  it('is encrypted, expires its items and is paid by use', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      TableName: 'acme-conversations-dev',
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
  });
});

describe('the secrets that a person fills', () => {
  const filled = resourcesOf(template, 'AWS::SecretsManager::Secret')
    .map(([, { Properties }]) => Properties)
    .filter(({ GenerateSecretString }) => !GenerateSecretString);
  const names = filled.map(({ Name }) => String(Name));

  it('bear the names that the command which fills them uses', () => {
    expect(names.sort()).toEqual([
      'acme/dev/mailbox-api-key/email',
      'acme/dev/openai-api-key/whatsapp',
      'acme/dev/whatsapp-credentials/twilio',
    ]);
  });

  it('are created without a value', () => {
    for (const properties of filled) {
      expect(Object.keys(properties).sort()).toEqual(['Description', 'Name', 'Tags']);
    }
  });
});

describe('the outputs', () => {
  const outputs = template.toJSON()['Outputs'] as Record<string, { Description: string }>;

  it('give everything that is to be pasted, filled or looked at', () => {
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining([
        'WhatsAppWebhookUrl',
        'ConversationsTable',
        'TwilioSecret',
        'OpenAiSecret',
        'DeadLetterQueueUrl',
      ]),
    );
  });

  it('say what each is for', () => {
    for (const { Description: description } of Object.values(outputs)) {
      expect(description).toMatch(/\S+ \S+/);
    }
    expect(outputs['WhatsAppWebhookUrl']?.Description).toContain('Twilio');
  });

  it('give the webhook under the API, unless a public URL is set', () => {
    const configured = templateOf('dev', { PUBLIC_BASE_URL: 'https://replies.example/' });

    template.hasOutput('WhatsAppWebhookUrl', {
      Value: { 'Fn::Join': ['', Match.arrayWith(['/webhooks/twilio/whatsapp'])] },
    });
    configured.hasOutput('WhatsAppWebhookUrl', {
      Value: 'https://replies.example/webhooks/twilio/whatsapp',
    });
  });
});
