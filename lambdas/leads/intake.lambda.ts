import { readEnv } from '../shared/env.ts';
import { httpLambda } from '../shared/http/http-lambda.ts';
import { createLog, createMeter } from '../shared/log.ts';
import { tenantDirectory } from '../tenancy/stores/tenant-directory.ts';
import { intakeEnvironment } from './environment.ts';
import { leadRetentionFeature } from './features.ts';
import { intakeApp } from './intake.ts';
import { claims } from './stores/claims.ts';
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
  const tenants = tenantDirectory(tenantItems);
  const retentionDays = async (tenantId: string) =>
    (await leadRetentionFeature.read(tenants, tenantId, log)).days;
  return intakeApp({ ...gate, ...office, claims: claims(table), retentionDays });
});
