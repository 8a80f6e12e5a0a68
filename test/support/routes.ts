import { randomUUID } from 'node:crypto';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { systemClock } from '../../lambdas/shared/clock.ts';
import type { TestEngine } from './engine.ts';
import { placesOf } from './version-before.ts';

/** A body of each resource, by its path. */
const resourceBodies: Record<string, unknown> = {
  '/macros': { title: 'Hours', text: 'From 9 to 17.' },
  '/conversation-starters': { text: 'Where is my order?', language: 'en' },
  '/faq-items': { question: 'Do you ship?', answer: 'To all countries.', language: 'en' },
};

/** A body that each other route of conversations takes, by its operation. */
const bodies: Record<string, unknown> = {
  createSession: { context: { step: 'size' } },
  updateSession: { context: { step: 'colour' } },
  giveConversationFeedback: { rating: 'up' },
  sendMessage: { text: 'A person is here.' },
  recordClientEvents: {
    events: [
      {
        event_id: randomUUID(),
        occurred_at: new Date().toISOString(),
        name: 'page_viewed',
        properties: { url: 'https://shop.example/' },
      },
    ],
  },
};

/** What these routes answer a right credential of another company, where it is not that there is nothing. */
const answersToAnother: Record<string, number> = {
  createSession: 201,
  recordClientEvents: 202,
  listClientEvents: 200,
  listConversationFeedback: 200,
  searchVisitorFaq: 200,
  // It has no chat on its pages.
  getChatInfo: 409,
  initiateConversation: 409,
  resumeConversation: 409,
  getVisitorIdentitySecret: 409,
  listConversations: 200,
};

/** What the routes of conversations take and answer. */
export const ofConversations = { resourceBodies, bodies, answersToAnother };

/** The id of a conversation that has begun with a company's visitor. */
export async function aConversationOf(engine: TestEngine, tenant_id: string): Promise<string> {
  const table = {
    client: DynamoDBDocumentClient.from(engine.cloud.services.tables.client),
    name: placesOf(engine).get('PLATFORM_CONVERSATIONS_TABLE') ?? '',
    clock: systemClock,
    retentionDays: async () => 1,
  };
  const begun = {
    tenant_id,
    conversation_id: randomUUID(),
    channel: 'webchat',
    participant_id: randomUUID(),
  } as const;
  await conversationLog(table).open(begun);
  return begun.conversation_id;
}

/** What the routes of web chat take in a conversation. */
export const bodiesIn = (conversation_id: string): Record<string, unknown> => ({
  initiateConversation: {},
  resumeConversation: { conversation_id },
  sendVisitorMessage: { conversation_id, message: 'Hello' },
  sendConversationAction: { conversation_id, message: 'Hello' },
  beginFile,
});

const text = 'A text of a visitor.';
const beginFile = { filename: 'note.txt', mime_type: 'text/plain', size: text.length };

/** The id of a file of a company's conversation, which chats on its pages from then on. */
export async function aFileOf(
  { cloud }: TestEngine,
  conversationId: string,
  authorization: string,
): Promise<string> {
  const ask = (path: string, body?: object) =>
    fetch(cloud.url + path, {
      method: 'POST',
      headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  const files = { mime_types: ['text/plain'] };
  const chat = { allowed_origins: ['https://shop.example'], files };
  await ask('/tenant-configuration/webchat', { feature_value: chat });
  const path = `/conversations/${conversationId}/files`;
  const begun = await ask(path, beginFile);
  const { file_id, upload } = ((await begun.json()) as { data: Begun }).data;
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', new Blob([text]));
  await fetch(upload.url, { method: 'POST', body: form });
  await ask(`${path}/${file_id}/complete`);
  return file_id;
}

interface Begun {
  file_id: string;
  upload: { url: string; fields: Record<string, string> };
}
