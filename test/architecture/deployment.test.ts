import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  apiEnvironment as administrationEnvironment,
  authorizerEnvironment,
} from '../../lambdas/administration/environment.ts';
import { turnWorkerEnvironment } from '../../lambdas/agents/environment.ts';
import { apiEnvironment as conversationsEnvironment } from '../../lambdas/conversations/environment.ts';
import {
  answerEnvironment,
  startEnvironment,
  triggerEnvironment,
} from '../../lambdas/email-deadlines/environment.ts';
import {
  apiEnvironment as leadsEnvironment,
  triageEnvironment,
} from '../../lambdas/leads/environment.ts';
import { publishEnvironment } from '../../lambdas/site/environment.ts';
import {
  streamEnvironment,
  apiEnvironment as webChatEnvironment,
} from '../../lambdas/web-chat/environment.ts';
import { deliverEnvironment, endpointEnvironment } from '../../lambdas/webhooks/environment.ts';
import {
  receiveEnvironment,
  replyEnvironment,
  statusEnvironment,
} from '../../lambdas/whatsapp-replies/environment.ts';
import { functionsOf, lambdaEntries, templateOf, variableNames } from '../support/stack.ts';

/** The schema by which each function reads its environment. */
const schemas = {
  'administration-administration-api': administrationEnvironment,
  'administration-authorizer': authorizerEnvironment,
  'agents-turn-worker': turnWorkerEnvironment,
  'conversations-conversations-api': conversationsEnvironment,
  'email-deadlines-email-deadline': answerEnvironment,
  'email-deadlines-email-start': startEnvironment,
  'email-deadlines-email-trigger': triggerEnvironment,
  'leads-lead-triage': triageEnvironment,
  'leads-leads-api': leadsEnvironment,
  'site-site-publish': publishEnvironment,
  'web-chat-web-chat-api': webChatEnvironment,
  'web-chat-web-chat-stream': streamEnvironment,
  'webhooks-webhook-deliver': deliverEnvironment,
  'webhooks-webhook-endpoint': endpointEnvironment,
  'whatsapp-replies-receive': receiveEnvironment,
  'whatsapp-replies-reply-processor': replyEnvironment,
  'whatsapp-replies-status': statusEnvironment,
};
type Entry = keyof typeof schemas;
const entries = Object.keys(schemas) as Entry[];

/** Everything that an operator may set beside the names of resources. */
const everything = {
  PUBLIC_BASE_URL: 'https://replies.example',
  OPENAI_BASE_URL: 'https://models.example/v1',
  TWILIO_BASE_URL: 'https://twilio.example',
  DEFAULT_ASSISTANT_ID: 'asst_default',
  RUN_MAX_WAIT_SECONDS: '120',
  RETENTION_DAYS: '30',
  LOG_LEVEL: 'DEBUG',
  EMAILS_URL: 'https://mail.example/emails',
  RESPOND_URL: 'https://mail.example/respond',
  TEST_MODE: 'false',
  REQUEST_TIMEOUT: '5',
  MAX_RETRIES: '2',
  CONCURRENCY_LIMIT: '32',
  INTER_DEPENDENCY_GAP: '0.001',
  LLM_DELAY_SCALE: '0.3',
  LLM_DELAY_MIN: '0.2',
  LLM_DELAY_MAX: '0.4',
  OIDC_ISSUER: 'https://login.example/acme',
  OIDC_AUDIENCE: 'replies-engine',
  OIDC_ALGORITHM: 'ES256',
  OIDC_TENANT_CLAIM: 'custom:tenant_id',
  OIDC_ROLE_CLAIM: 'custom:role',
  acme_support_ASSISTANT_ID: 'asst_support',
};

const namesOf = (entry: Entry) => Object.keys(schemas[entry].shape);
const requiredOf = (entry: Entry) =>
  Object.entries(schemas[entry].shape)
    .filter(([, schema]) => !z.safeParse(schema, undefined).success)
    .map(([name]) => name);

/** What every function is given, read by its log and its meter. */
const byStack = ['DEPLOYMENT', 'LOG_LEVEL'];

/** Set though the code could do without: where the stack always knows better. */
const alwaysSet = (entry: Entry) => [
  ...byStack,
  ...('SECRETS_MANAGER_REGION' in schemas[entry].shape ? ['SECRETS_MANAGER_REGION'] : []),
];

// Synthesized beforehand: a test's time is bounded, and the first synthesis of a process is slow.
const deployed = functionsOf(templateOf('dev'));

describe('the Lambdas', () => {
  it('are deployed, each entry by one function, and no function without an entry', () => {
    const written = lambdaEntries.map(({ context, name }) => `${context}-${name}`).sort();

    expect(Object.keys(deployed).sort()).toEqual(written);
    expect([...entries].sort()).toEqual(written);
  });
});

describe.each(entries)('the environment of %s', (entry) => {
  it('holds what the code requires, and nothing else, where nothing more is set', () => {
    expect(variableNames(templateOf('dev'), entry)).toEqual(
      [...requiredOf(entry), ...alwaysSet(entry)].sort(),
    );
  });

  it('holds every name that the code reads, and no other, where all is set', () => {
    const assistants =
      entry === 'whatsapp-replies-reply-processor' ? ['acme_support_ASSISTANT_ID'] : [];

    expect(variableNames(templateOf('dev', everything), entry)).toEqual(
      [...namesOf(entry), ...byStack, ...assistants].sort(),
    );
  });

  it('hands the settings on as they were set', () => {
    const { Variables } = functionsOf(templateOf('dev', everything))[entry].Environment;

    for (const [name, value] of Object.entries(everything)) {
      if (name in Variables) expect([name, Variables[name]]).toEqual([name, value]);
    }
  });
});
