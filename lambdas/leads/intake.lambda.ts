import { http } from '../shared/http/lambda.ts';
import { intakeEnvironment } from './environment.ts';
import { leadRetentionFeature } from './features.ts';
import { intakeApp } from './intake.ts';
import { claims } from './stores/claims.ts';
import { leadsApiOf } from './wiring.ts';

/** Takes leads in. */
export const handler = http('lead-intake', intakeEnvironment, (parts) => {
  const { gate, tenants, table, store, queue } = leadsApiOf(parts);
  return intakeApp({
    ...gate,
    store,
    queue,
    claims: claims(table),
    retentionDays: async (tenantId) =>
      (await leadRetentionFeature.read(tenants, tenantId, parts.log)).days,
  });
});
