import { http } from '../shared/http/lambda.ts';
import { insightsEnvironment } from './environment.ts';
import { insightsApp } from './insights.ts';
import { leadLists } from './stores/lead-lists.ts';
import { leadsApiOf } from './wiring.ts';

/** Tells what is known of leads. */
export const handler = http('lead-insights', insightsEnvironment, (parts) => {
  const { gate, table, store, queue } = leadsApiOf(parts);
  return insightsApp({ ...gate, store, queue, lists: leadLists(table) });
});
