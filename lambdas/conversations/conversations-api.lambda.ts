import { http } from '../shared/http/lambda.ts';
import { conversationsApp } from './conversations-api.ts';
import { apiEnvironment } from './environment.ts';
import { conversationsOf } from './wiring.ts';

/** All routes of this context. */
export const handler = http('conversations-api', apiEnvironment, (parts) => {
  const { api, conversationsTable: table, log: conversations } = conversationsOf(parts);
  return conversationsApp({ ...api, table, conversations });
});
