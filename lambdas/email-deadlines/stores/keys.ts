import type { EmailKey, RunKey } from '../work/email.ts';

/** Days that runs are kept. */
export const retentionDays = 30;

/** The items of the email runs table, by its keys `pk` and `sk`. Every key names its tenant first. */
export const keys = {
  run: (key: RunKey) => ({ pk: runPartition(key), sk: 'RUN' }),
  /** What was sent to start it, in pieces that an item can hold. */
  given: (key: RunKey, piece: number) => ({
    pk: runPartition(key),
    sk: `GIVEN#${String(piece).padStart(4, '0')}`,
  }),
  email: (key: EmailKey) => ({ pk: runPartition(key), sk: emailPrefix + key.email_id }),
  dependents: (key: EmailKey, piece: number) => ({
    pk: runPartition(key),
    sk: `${dependentsOf(key.email_id)}${String(piece).padStart(4, '0')}`,
  }),
  /** An index of the emails that were late or failed, beside the emails themselves. */
  lateOrFailed: (key: EmailKey, state: 'late' | 'failed') => ({
    pk: runPartition(key),
    sk: lateOrFailedPrefix(state) + key.email_id,
  }),
  slots: (key: RunKey) => ({ pk: runPartition(key), sk: 'SLOTS' }),
  tenantSlots: (tenantId: string) => ({ pk: tenantPartition(tenantId), sk: 'SLOTS' }),
  modelConcurrency: (tenantId: string) => ({ pk: tenantPartition(tenantId), sk: 'MODEL' }),
  learned: (tenantId: string, tier: string) => ({
    pk: tenantPartition(tenantId),
    sk: `LEARNED#${tier}`,
  }),
  idempotency: (tenantId: string, keyHash: string) => ({
    pk: tenantPartition(tenantId),
    sk: `IDEMPOTENCY#${keyHash}`,
  }),
};

const tenantPartition = (tenantId: string): string => `TENANT#${tenantId}`;
export const runPartition = ({ tenant_id, run_id }: RunKey): string =>
  `TENANT#${tenant_id}#RUN#${run_id}`;
export const emailPrefix = 'EMAIL#';
export const lateOrFailedPrefix = (state: 'late' | 'failed'): string => `TROUBLE#${state}#`;
/** No id that others wait for has a `#`. */
export const dependentsOf = (emailId: string): string => `DEPENDENTS#${emailId}#`;
export const givenPrefix = 'GIVEN#';
