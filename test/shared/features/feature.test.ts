import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { feature } from '../../../lambdas/shared/features/feature.ts';
import { recordedLog } from '../../support/log.ts';

const schema = z.strictObject({ days: z.int() });
const unset = { days: 30 };
const someTenants = (stored: Record<string, unknown>) => ({
  configuration: async (tenantId: string, name: string) => stored[`${tenantId} ${name}`],
});
const others = { 'globex retention': { days: 7 }, 'acme other': { days: 8 } };

describe('a feature', () => {
  it('is what the tenant has set, under this name', async () => {
    const retention = feature('retention', schema, { unset, malformed: 'alert' });
    const tenants = someTenants({ ...others, 'acme retention': { days: 90 } });

    expect(await retention.read(tenants, 'acme')).toEqual({ days: 90 });
    expect(await retention.read(tenants, 'initech')).toEqual(unset);
  });

  it.each([null, 'text', {}, { days: 'many' }, { days: 1, more: 2 }])(
    'alerts a person where %j is stored and no default is safe',
    async (stored) => {
      const retention = feature('retention', schema, { unset, malformed: 'alert' });
      const reading = retention.read(someTenants({ 'acme retention': stored }), 'acme');

      await expect(reading).rejects.toMatchObject({
        next: 'alert',
        code: 'configuration_malformed',
        message: expect.stringContaining('"retention" of acme'),
      });
    },
  );

  it.each([null, 'text', {}, { days: 'many' }, { days: 1, more: 2 }])(
    'is its default where %j is stored and that is safe, and an error is logged without the value',
    async (stored) => {
      const log = recordedLog();
      const retention = feature('retention', schema, { unset, malformed: 'use-unset' });
      const tenants = someTenants({ 'acme retention': stored });

      expect(await retention.read(tenants, 'acme', log)).toEqual(unset);
      const details = {
        tenant_id: 'acme',
        feature: 'retention',
        error_code: 'configuration_malformed',
      };
      expect(log.lines).toMatchObject([{ level: 'error', details }]);
      expect(log.text()).not.toContain('many');
    },
  );

  it('fails as the store does', async () => {
    const away = new Error('The store is away.');
    const tenants = { configuration: () => Promise.reject(away) };
    const retention = feature('retention', schema, { unset, malformed: 'use-unset' });

    await expect(retention.read(tenants, 'acme', recordedLog())).rejects.toBe(away);
  });
});
