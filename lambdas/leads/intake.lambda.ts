import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { tenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { intakeEnvironment } from './environment.ts';
import { intakeApp } from './intake.ts';
import { claims } from './stores/claims.ts';
import { retentionOf } from './stores/retention.ts';
import { leadsDependencies } from './wiring.ts';

const log = createLog('lead-intake');
const meter = createMeter('lead-intake');

/** Takes leads in. */
export const handler = httpLambda(log, meter, () => {
  const { gate, table, tenantItems, ...office } = leadsDependencies(
    readEnv(intakeEnvironment),
    log,
    meter,
  );
  const retentionDays = retentionOf(tenantDirectory(tenantItems));
  return intakeApp({ ...gate, ...office, claims: claims(table), retentionDays });
});
