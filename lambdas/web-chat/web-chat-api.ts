import type { Hono } from 'hono';
import type { Clock } from '../shared/clock.ts';
import { succeeded } from '../shared/http/envelope.ts';
import type { ApiDependencies } from '../tenancy/authorize-request.ts';
import { protectedApp } from '../tenancy/protected-app.ts';
import { limits } from './limits.ts';
import { disabled } from './problems.ts';
import { routes } from './routes.ts';
import { type MessagePorts, serveMessages } from './serve-messages.ts';
import { type OpeningPorts, serveOpening } from './serve-opening.ts';
import { type Question, searchQuestions } from './work/faq.ts';
import { identitySecret } from './work/identity.ts';

export interface WebChatApiPorts extends ApiDependencies, OpeningPorts, MessagePorts {
  clock: Clock;
  questionsOf(tenantId: string): Promise<Question[]>;
}

/** The routes of visitors on web pages. */
export function webChatApp(ports: WebChatApiPorts): Hono {
  const { app, serve } = protectedApp(ports);
  serveOpening(serve, ports);
  serveMessages(serve, ports);

  serve(routes.faq, async ({ query, caller }) => {
    const questions = await ports.questionsOf(caller.tenant_id);
    return { body: succeeded(searchQuestions(questions, query, limits.faqItems)) };
  });

  serve(routes.identity, async ({ caller: { tenant_id } }) => {
    const chat = await ports.chatOf(tenant_id);
    if (!chat) return disabled;
    const { version, required } = chat.identity;
    const identity_secret = identitySecret(await ports.visitorKey(), tenant_id, version);
    return {
      headers: { 'cache-control': 'no-store' },
      body: succeeded({ identity_secret, version, required }),
    };
  });
  return app;
}
