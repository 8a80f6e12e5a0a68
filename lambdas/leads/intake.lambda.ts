import { readEnv } from '../runtime/env.ts';
import { httpLambda } from '../runtime/http-lambda.ts';
import { createLog, createMeter } from '../runtime/log.ts';
import { tenantDirectory } from '../tenancy/adapters/tenant-directory.ts';
import { claims } from './adapters/claims.ts';
import { retentionOf } from './adapters/retention.ts';
import { leadsOffice } from './adapters/wiring.ts';
import { intakeEnvironment } from './environment.ts';
import { intakeApp } from './intake.ts';

const log = createLog('lead-intake');
const meter = createMeter('lead-intake');

/** Takes leads in. */
export const handler = httpLambda(log, meter, () => {
  const { gate, table, tenantItems, ...office } = leadsOffice(
    readEnv(intakeEnvironment),
    log,
    meter,
  );
  const retentionDays = retentionOf(tenantDirectory(tenantItems));
  return intakeApp({ ...gate, ...office, claims: claims(table), retentionDays });
});
