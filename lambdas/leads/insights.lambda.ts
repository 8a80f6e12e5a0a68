import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { leadLists } from './adapters/lead-lists.ts';
import { leadsOffice } from './adapters/wiring.ts';
import { insightsEnvironment } from './environment.ts';
import { insightsApp } from './insights.ts';

const log = createLog('lead-insights');
const meter = createMeter('lead-insights');

/** Tells what is known of leads. */
export const handler = httpLambda(log, meter, () => {
  const { gate, table, store, queue } = leadsOffice(readEnv(insightsEnvironment), log, meter);
  return insightsApp({ ...gate, store, queue, lists: leadLists(table) });
});
