const writesItsLog = (name: string) => ({
  [`/aws/lambda/acme-${name}-dev`]: ['logs:CreateLogStream', 'logs:PutLogEvents'],
});
const readsTwilioSecret = {
  'acme/dev/whatsapp-credentials/twilio': ['secretsmanager:GetSecretValue'],
};

/** To let callers in and count them. */
const guardsItsRoutes = { 'acme-tenants-dev': ['dynamodb:GetItem', 'dynamodb:UpdateItem'] };

/** X-Ray knows no resources: nothing else may be granted on all. */
export const tracing = new Set(['xray:PutTelemetryRecords', 'xray:PutTraceSegments']);

/** What an event source needs of its queue. */
export const consumes = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];

const readsAndWrites = [
  'dynamodb:GetItem',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
];

/** Writes what is said in conversations, and publishes its events. */
const writesConversations = {
  'acme-events-dev': ['events:PutEvents'],
  'acme-platform-conversations-dev': readsAndWrites,
};

/** Reads what a model is to know, asks it, and writes its answer. */
const runsTurns = {
  ...guardsItsRoutes,
  ...writesConversations,
  'acme/dev/openai-api-key/whatsapp': ['secretsmanager:GetSecretValue'],
  ConversationsFiles: ['s3:ListBucket'],
  'ConversationsFiles/*': ['s3:GetObject'],
};

/** All that each function may do, and on what. */
export const permissions: Record<string, Record<string, string[]>> = {
  'acme-authorizer-dev': {
    ...writesItsLog('authorizer'),
    'acme/dev/visitor-token-key': ['secretsmanager:GetSecretValue'],
    'acme-tenants-dev': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
  },
  'acme-administration-api-dev': {
    ...writesItsLog('administration-api'),
    'acme-tenants-dev': [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
  },
  'acme-site-publish-dev': {
    ...writesItsLog('site-publish'),
    // On a stage that is kept, only to put what is there.
    SiteBucket: ['s3:ListBucket'],
    'SiteBucket/*': ['s3:DeleteObject', 's3:PutObject'],
    ConversationsFiles: ['s3:ListBucket'],
    'ConversationsFiles/*': ['s3:DeleteObject'],
  },
  'acme-leads-api-dev': {
    ...writesItsLog('leads-api'),
    ...guardsItsRoutes,
    'acme-leads-dev': [
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'sqs:SendMessage',
    ],
    'acme-leads-dev/index/by_priority': ['dynamodb:Query'],
    'acme-leads-dev/index/by_intent': ['dynamodb:Query'],
    'acme-leads-dev/index/by_source': ['dynamodb:Query'],
  },
  'acme-conversations-api-dev': {
    ...writesItsLog('conversations-api'),
    ...guardsItsRoutes,
    ...writesConversations,
    'acme-platform-conversations-dev': ['dynamodb:DeleteItem', ...readsAndWrites],
    'acme-platform-conversations-dev/index/inbox': ['dynamodb:Query'],
    'acme-whatsapp-replies-dev.fifo': ['sqs:SendMessage'],
    ConversationsFiles: ['s3:ListBucket'],
    'ConversationsFiles/*': ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
  },
  'acme-web-chat-api-dev': {
    ...writesItsLog('web-chat-api'),
    ...guardsItsRoutes,
    ...writesConversations,
    'acme/dev/visitor-token-key': ['secretsmanager:GetSecretValue'],
    'acme-turns-dev': ['sqs:SendMessage'],
  },
  'acme-web-chat-stream-dev': {
    ...writesItsLog('web-chat-stream'),
    ...runsTurns,
    'acme-turns-dev': ['sqs:SendMessage'],
  },
  'acme-turn-worker-dev': {
    ...writesItsLog('turn-worker'),
    ...runsTurns,
    'acme-turns-dev': [...consumes, 'sqs:SendMessage'],
    'acme-turns-dlq-dev': ['sqs:SendMessage'],
  },
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
      'sqs:SendMessage',
    ],
    'acme-leads-dlq-dev': ['sqs:SendMessage'],
    'acme-events-dev': ['events:PutEvents'],
  },
  'acme-webhook-deliver-dev': {
    ...writesItsLog('webhook-deliver'),
    'acme/dev/webhook-signing-key': ['secretsmanager:GetSecretValue'],
    'acme-tenants-dev': ['dynamodb:GetItem'],
    'acme-webhooks-dev': [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      ...consumes,
      'sqs:SendMessage',
    ],
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
    ...writesConversations,
    'acme/dev/openai-api-key/whatsapp': ['secretsmanager:GetSecretValue'],
    'acme-conversations-dev': [
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ],
    'acme-tenants-dev': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    'acme-whatsapp-replies-dev.fifo': [...consumes, 'sqs:SendMessage'],
    'acme-whatsapp-replies-dlq-dev.fifo': ['sqs:SendMessage'],
  },
  'acme-status-dev': {
    ...writesItsLog('status'),
    ...readsTwilioSecret,
    ...writesConversations,
    'acme-conversations-dev': ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
    'acme-whatsapp-replies-dev.fifo': ['sqs:SendMessage'],
  },
};
