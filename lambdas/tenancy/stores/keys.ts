/** The items of the tenants table, by its keys `pk` and `sk`. Every key but the list's names its tenant first. */
export const keys = {
  /** All tenants are one partition, which the operator lists. */
  tenant: (tenantId: string) => ({ pk: 'TENANTS', sk: tenantId }),
  credential: (tenantId: string, keyId: string) => ({
    pk: partition(tenantId),
    sk: `${credentialPrefix}${keyId}`,
  }),
  configuration: (tenantId: string, feature: string) => ({
    pk: partition(tenantId),
    sk: `${configurationPrefix}${feature}`,
  }),
  change: (tenantId: string, feature: string, version: number) => ({
    pk: partition(tenantId),
    sk: `${changesOf(feature)}${String(version).padStart(12, '0')}`,
  }),
  usage: (tenantId: string, date: string) => ({
    pk: partition(tenantId),
    sk: `${usagePrefix}${date}`,
  }),
};

export const partition = (tenantId: string): string => `TENANT#${tenantId}`;

export const credentialPrefix = 'KEY#';
export const configurationPrefix = 'CONFIGURATION#';
export const usagePrefix = 'USAGE#';
/** `#` is in no feature's name, so that no feature's changes are among another's. */
export const changesOf = (feature: string): string => `CHANGE#${feature}#`;
