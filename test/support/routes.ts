import { randomUUID } from 'node:crypto';

/** A body of each resource, by its path. */
export const resourceBodies: Record<string, unknown> = {
  '/macros': { title: 'Hours', text: 'From 9 to 17.' },
  '/conversation-starters': { text: 'Where is my order?', language: 'en' },
  '/faq-items': { question: 'Do you ship?', answer: 'To all countries.', language: 'en' },
};

/** A body that each other route of conversations takes, by its operation. */
export const conversationBodies: Record<string, unknown> = {
  createSession: { context: { step: 'size' } },
  updateSession: { context: { step: 'colour' } },
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
export const conversationsOfAnother: Record<string, number> = {
  createSession: 201,
  recordClientEvents: 202,
  listClientEvents: 200,
};
