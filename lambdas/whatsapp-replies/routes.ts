import * as z from 'zod/mini';
import type { ApiRoute } from '../tenancy/route.ts';
import { statusPath } from './messages.ts';

export const paths = {
  inbound: '/webhooks/twilio/whatsapp',
  status: statusPath,
  health: '/health',
} as const;

const webhookProblems = {
  400: ['fields-missing', 'fields-malformed'],
  413: 'body-too-large',
  415: 'unsupported-media-type',
} as const;

export const routes = {
  health: {
    operationId: 'getHealth',
    method: 'GET',
    path: paths.health,
    access: 'open',
    tag: 'API',
    summary: 'Whether the API answers',
    success: { status: 200, what: 'It does', schema: z.object({ status: z.literal('ok') }) },
  },
  inbound: {
    operationId: 'receiveWhatsAppMessage',
    method: 'POST',
    path: paths.inbound,
    access: 'signed',
    tag: 'Webhooks of Twilio',
    summary: 'A customer has written',
    success: { status: 200, what: 'Empty TwiML; the reply is sent later', mediaType: 'text/xml' },
    problems: { ...webhookProblems, 404: 'unknown-channel' },
  },
  status: {
    operationId: 'receiveWhatsAppStatus',
    method: 'POST',
    path: paths.status,
    access: 'signed',
    tag: 'Webhooks of Twilio',
    summary: 'What became of a message that was sent',
    success: { status: 204, what: 'Recorded' },
    problems: webhookProblems,
  },
} satisfies Record<string, ApiRoute>;
