import type { FairShare } from '../../lambdas/shared/limits/fair-share.ts';

/** A pool in which everybody has a place but the tenants who are named. */
export const sharedBut = (...full: string[]): FairShare => ({
  enter: async (tenants) => ({
    tenants: new Set([...tenants].filter((tenant) => !full.includes(tenant))),
    leave: async () => {},
  }),
});
