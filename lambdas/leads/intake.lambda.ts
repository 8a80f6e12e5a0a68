import { http } from '../shared/http/lambda.ts';
import { intakeEnvironment } from './environment.ts';
import { leadRetentionFeature } from './features.ts';
import { intakeApp, leadKeys } from './intake.ts';
import { leadsApiOf } from './wiring.ts';

/** Takes leads in. */
export const handler = http('lead-intake', intakeEnvironment, (parts) => {
  const { api, tenants, table, store, queue } = leadsApiOf(parts);
  return intakeApp({
    ...api,
    store,
    queue,
    idempotency: leadKeys(table),
    retentionDays: async (tenantId) =>
      (await leadRetentionFeature.read(tenants, tenantId, parts.log)).days,
  });
});
