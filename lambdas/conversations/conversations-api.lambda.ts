import { http } from '../shared/http/lambda.ts';
import { tenancyOf } from '../tenancy/wiring.ts';
import { conversationsApp } from './conversations-api.ts';
import { apiEnvironment } from './environment.ts';

/** All routes of this context. */
export const handler = http('conversations-api', apiEnvironment, (parts) => {
  const { api, tableOf } = tenancyOf(parts);
  return conversationsApp({ ...api, table: tableOf(parts.env.PLATFORM_CONVERSATIONS_TABLE) });
});
