import { describe, expect, it } from 'vitest';
import {
  functionsOf,
  type Resource,
  referredBy,
  resourcesOf,
  templateOf,
} from '../support/stack.ts';

const writesItsLog = (name: string) => ({
  [`/aws/lambda/acme-${name}-dev`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
});
const readsTwilioSecret = {
  'acme/dev/whatsapp-credentials/twilio': ['secretsmanager:GetSecretValue'],
};

/** To let callers in and count them. */
const guardsItsRoutes = { 'acme-tenants-dev': ['dynamodb:GetItem', 'dynamodb:UpdateItem'] };

/** X-Ray knows no resources: nothing else may be granted on all. */
const tracing = new Set(['xray:PutTelemetryRecords', 'xray:PutTraceSegments']);

/** What an event source needs of its queue. */
const consumes = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];

/** All that each function may do, and on what. */
const permissions: Record<string, Record<string, string[]>> = {
  'acme-authorizer-dev': {
    ...writesItsLog('authorizer'),
    'acme-tenants-dev': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  },
  'acme-configuration-dev': {
    ...writesItsLog('configuration'),
    'acme-tenants-dev': [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
  },
  'acme-usage-dev': {
    ...writesItsLog('usage'),
    'acme-tenants-dev': ['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
  },
  'acme-openapi-dev': { ...writesItsLog('openapi'), ...guardsItsRoutes },
  'acme-email-trigger-dev': {
    ...writesItsLog('email-trigger'),
    ...guardsItsRoutes,
    'acme-email-runs-dev': [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'sqs:SendMessage',
    ],
  },
  'acme-email-start-dev': {
    ...writesItsLog('email-start'),
    'acme/dev/mailbox-api-key/email': ['secretsmanager:GetSecretValue'],
    'acme-tenants-dev': ['dynamodb:GetItem'],
    'acme-email-runs-dev': [
      'dynamodb:BatchWriteItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      ...consumes,
      'sqs:SendMessage',
    ],
    'acme-email-runs-dlq-dev': ['sqs:SendMessage'],
    'acme-emails-ready-dev': ['sqs:SendMessage'],
  },
  'acme-email-deadline-dev': {
    ...writesItsLog('email-deadline'),
    'acme/dev/mailbox-api-key/email': ['secretsmanager:GetSecretValue'],
    'acme/dev/openai-api-key/whatsapp': ['secretsmanager:GetSecretValue'],
    ...guardsItsRoutes,
    'acme-email-runs-dev': [
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    'acme-emails-ready-dev': [...consumes, 'sqs:SendMessage'],
    'acme-emails-ready-dlq-dev': ['sqs:SendMessage'],
  },
  'acme-lead-intake-dev': {
    ...writesItsLog('lead-intake'),
    ...guardsItsRoutes,
    'acme-leads-dev': [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'sqs:SendMessage',
    ],
  },
  'acme-lead-triage-dev': {
    ...writesItsLog('lead-triage'),
    'acme/dev/openai-api-key/whatsapp': ['secretsmanager:GetSecretValue'],
    ...guardsItsRoutes,
    'acme-leads-dev': [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      ...consumes,
    ],
    'acme-leads-dlq-dev': ['sqs:SendMessage'],
    'acme-events-dev': ['events:PutEvents'],
  },
  'acme-lead-insights-dev': {
    ...writesItsLog('lead-insights'),
    ...guardsItsRoutes,
    'acme-leads-dev': [
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:Query',
      'sqs:SendMessage',
    ],
    'acme-leads-dev/index/by_priority': ['dynamodb:Query'],
    'acme-leads-dev/index/by_intent': ['dynamodb:Query'],
    'acme-leads-dev/index/by_source': ['dynamodb:Query'],
  },
  'acme-webhook-deliver-dev': {
    ...writesItsLog('webhook-deliver'),
    'acme/dev/webhook-signing-key': ['secretsmanager:GetSecretValue'],
    'acme-tenants-dev': ['dynamodb:GetItem'],
    'acme-webhooks-dev': ['dynamodb:GetItem', 'dynamodb:PutItem', ...consumes],
    'acme-webhooks-dlq-dev': ['sqs:SendMessage'],
  },
  'acme-webhook-endpoint-dev': {
    ...writesItsLog('webhook-endpoint'),
    ...guardsItsRoutes,
    'acme/dev/webhook-signing-key': ['secretsmanager:GetSecretValue'],
    'acme-webhooks-dev': ['dynamodb:GetItem'],
    'acme-events-dev': ['events:PutEvents'],
  },
  'acme-receive-dev': {
    ...writesItsLog('receive'),
    ...readsTwilioSecret,
    'acme-conversations-dev': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    'acme-tenants-dev': ['dynamodb:GetItem'],
    'acme-whatsapp-replies-dev.fifo': ['sqs:SendMessage'],
  },
  'acme-reply-processor-dev': {
    ...writesItsLog('reply-processor'),
    ...readsTwilioSecret,
    'acme/dev/openai-api-key/whatsapp': ['secretsmanager:GetSecretValue'],
    'acme-conversations-dev': [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    'acme-tenants-dev': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    'acme-whatsapp-replies-dev.fifo': consumes,
    'acme-whatsapp-replies-dlq-dev.fifo': ['sqs:SendMessage'],
  },
  'acme-status-dev': {
    ...writesItsLog('status'),
    ...readsTwilioSecret,
    'acme-conversations-dev': ['dynamodb:UpdateItem'],
  },
};

const template = templateOf('dev');
const resources = template.toJSON()['Resources'] as Record<string, Resource>;

/** The name of the stack's own resource that a policy names; a policy may name no other. */
function nameOf(node: unknown): string {
  const [ofIndex, path] = joinedIn(node);
  if (path) return nameOf(ofIndex) + path;
  const { Properties } = resources[String(referredBy(node))] ?? { Properties: {} };
  const name =
    Properties.LogGroupName ?? Properties.QueueName ?? Properties.TableName ?? Properties.Name;
  if (typeof name === 'string') return name;
  throw new Error(`Expected a named resource of the stack, got ${JSON.stringify(node)}.`);
}

/** An ARN with something behind it, such as that of a table's index. */
function joinedIn(node: unknown): [unknown, string?] {
  const { 'Fn::Join': join } = node as { 'Fn::Join'?: [string, [unknown, string]] };
  return join?.[1] ?? [node];
}

function permissionsOf(roleId: unknown): Record<string, string[]> {
  const granted: Record<string, string[]> = {};
  for (const [, { Properties }] of resourcesOf(template, 'AWS::IAM::Policy')) {
    if (!Properties.Roles.some((role: unknown) => referredBy(role) === roleId)) continue;
    for (const { Effect, Action, Resource: on } of Properties.PolicyDocument.Statement) {
      expect(Effect).toBe('Allow');
      if (on === '*') {
        expect(new Set(Action)).toEqual(tracing);
        continue;
      }
      for (const name of [on].flat().map(nameOf)) {
        const actions: string[] = [...(granted[name] ?? []), ...[Action].flat()];
        granted[name] = actions.sort();
      }
    }
  }
  return granted;
}

const functions = Object.values(functionsOf(template));

describe('a function that may put work into the queue it works off', () => {
  const working = (name: string) => {
    const granted = Object.values(permissions[name] ?? {});
    return granted.some(
      (actions) =>
        consumes.every((one) => actions.includes(one)) && actions.includes('sqs:SendMessage'),
    );
  };

  it('says so to Lambda, which would take that for a loop and drop its messages; no other does', () => {
    const allowed = functions.filter(({ RecursiveLoop: loop }) => loop === 'Allow');

    expect(allowed.map(({ FunctionName }) => FunctionName).sort()).toEqual(
      Object.keys(permissions).filter(working).sort(),
    );
    expect(allowed).toHaveLength(2);
  });
});

describe('the permissions of functions', () => {
  it('are what they need, on what they need, and nothing else', () => {
    const granted = functions.map(({ FunctionName, Role }) => [
      FunctionName,
      permissionsOf(referredBy(Role)),
    ]);

    expect(Object.fromEntries(granted)).toEqual(permissions);
  });

  it('are those of their policies alone', () => {
    for (const [, { Properties }] of resourcesOf(template, 'AWS::IAM::Role')) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
      expect(Properties.Policies).toBeUndefined();
      expect(Properties.AssumeRolePolicyDocument.Statement).toMatchObject([
        { Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
    }
  });

  it('are shared with no other', () => {
    const roles = functions.map(({ Role }) => referredBy(Role));

    expect(new Set(roles).size).toBe(roles.length);
  });
});
