import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { insightsEnvironment } from './environment.ts';
import { insightsApp } from './insights.ts';
import { leadLists } from './stores/lead-lists.ts';
import { leadsDependencies } from './wiring.ts';

const log = createLog('lead-insights');
const meter = createMeter('lead-insights');

/** Tells what is known of leads. */
export const handler = httpLambda(log, meter, () => {
  const { gate, table, store, queue } = leadsDependencies(readEnv(insightsEnvironment), log, meter);
  return insightsApp({ ...gate, store, queue, lists: leadLists(table) });
});
