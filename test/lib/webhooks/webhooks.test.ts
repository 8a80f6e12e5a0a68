import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/webhooks/limits.ts';
import {
  functionsOf,
  referredBy,
  resourcesOf,
  stageNames,
  templateOf,
} from '../../support/stack.ts';

const template = templateOf('dev');
const queues = resourcesOf(template, 'AWS::SQS::Queue');
const queueNamed = (name: string) =>
  queues.find(([, { Properties }]) => Properties.QueueName === name) ?? ['', undefined];
const [deliveriesId, deliveries] = queueNamed('acme-webhooks-dev');
const [[ruleId, rule] = ['', undefined]] = resourcesOf(template, 'AWS::Events::Rule');
const [target] = rule?.Properties.Targets ?? [];

describe('the rule of the bus', () => {
  it('leads every event of the product into the queue of deliveries', () => {
    expect(rule?.Properties).toMatchObject({
      State: 'ENABLED',
      EventPattern: { source: ['replies-engine'] },
    });
    expect(referredBy(target.Arn)).toBe(deliveriesId);
    expect(referredBy(rule?.Properties.EventBusName)).toBe(
      resourcesOf(template, 'AWS::Events::EventBus')[0]?.[0],
    );
  });

  it('keeps the companies apart, so that one does not hold up another', () => {
    expect(target.SqsParameters).toEqual({ MessageGroupId: '$.detail.tenant_id' });
  });

  it('loses nothing that the queue does not take', () => {
    const [deadId, dead] = queueNamed('acme-events-to-webhooks-dlq-dev');

    expect(referredBy(target.DeadLetterConfig.Arn)).toBe(deadId);
    expect(dead?.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
  });

  it('alone may put into these queues what comes from EventBridge', () => {
    const statements = resourcesOf(template, 'AWS::SQS::QueuePolicy').flatMap(
      ([, { Properties }]) => Properties.PolicyDocument.Statement,
    );
    const ofEvents = statements.filter(
      ({ Principal }) => Principal.Service === 'events.amazonaws.com',
    );

    expect(ofEvents).toHaveLength(2);
    for (const { Condition } of ofEvents) {
      expect(referredBy(Condition.ArnEquals['aws:SourceArn'])).toBe(ruleId);
    }
  });
});

describe('the queue of deliveries', () => {
  it('brings a message back just after the function that had it must have ended', () => {
    const { Timeout } = functionsOf(template)['webhooks-webhook-deliver'];

    expect(deliveries?.Properties.VisibilityTimeout).toBeGreaterThan(Timeout);
    expect(Timeout).toBeGreaterThan(limits.requestTimeoutSeconds);
  });

  it('ends a message by its own count only after the consumer would have', () => {
    expect(deliveries?.Properties.RedrivePolicy.maxReceiveCount).toBeGreaterThan(
      limits.maxAttempts,
    );
  });
});

describe('the keys from which others are derived', () => {
  it('are made up by Secrets Manager, and have more than 256 bits', () => {
    const keys = resourcesOf(template, 'AWS::SecretsManager::Secret').filter(
      ([, { Properties }]) => Properties.GenerateSecretString,
    );

    expect(keys.map(([, { Properties }]) => String(Properties.Name)).sort()).toEqual([
      'acme/dev/visitor-token-key',
      'acme/dev/webhook-signing-key',
    ]);
    for (const [, { Properties }] of keys) {
      expect(Properties.GenerateSecretString).toEqual({
        PasswordLength: 64,
        ExcludePunctuation: true,
      });
    }
  });
});

describe('receivers and mailboxes on this machine', () => {
  it.each(stageNames)('are called by the local stage alone: %s', (stage) => {
    const told = Object.values(functionsOf(templateOf(stage, { LOOPBACK_URLS: 'allowed' })))
      .map(({ Environment }) => Environment.Variables.LOOPBACK_URLS)
      .filter((value) => value !== undefined);

    const expected = stage === 'local' ? 'allowed' : 'refused';
    expect(told).toEqual(Array(5).fill(expected));
  });
});
