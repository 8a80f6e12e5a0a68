import type { Change } from '../routes.ts';

/** A feature as it is set for a tenant. */
export interface Configured {
  feature_name: string;
  feature_value: unknown;
  version: number;
  created_at: string;
  updated_at: string;
  updated_by: string;
}

/** What a change demands of what is there: a version, anything, nothing; undefined demands nothing. */
export type Expected = { version: number } | 'present' | 'absent' | undefined;

/**
 * The item of a feature holds its last change too, so that both are one write. A deleted feature keeps
 * its item, and with it its version: an ETag never means two things.
 */
export interface FeatureItem extends Omit<Configured, 'feature_value'> {
  /** As JSON text, which keeps numbers and depths that DynamoDB does not. */
  feature_value: string;
  deleted?: boolean;
  /** Tells a writer whose answer was lost that what is there is its own. */
  change_id: string;
  before?: string;
}

export const isUnset = (item: FeatureItem | undefined): boolean => !item || item.deleted === true;

/** Whether a change may be made upon what is there. */
export function isAsExpected(item: FeatureItem | undefined, expected: Expected): boolean {
  if (expected === undefined) return true;
  if (expected === 'absent') return isUnset(item);
  if (expected === 'present') return !isUnset(item);
  return !isUnset(item) && item?.version === expected.version;
}

/** The item after a change; `deleted` where it takes the feature away. */
export function nextItem(
  current: FeatureItem | undefined,
  change: { feature: string; json: string; by: string; now: string; change_id: string },
): FeatureItem {
  const { feature, json, by, now, change_id } = change;
  const kept = current && !current.deleted ? current : undefined;
  return {
    feature_name: feature,
    feature_value: json,
    version: (current?.version ?? 0) + 1,
    created_at: kept?.created_at ?? now,
    updated_at: now,
    updated_by: by,
    change_id,
    ...(kept && { before: kept.feature_value }),
  };
}

export const configuredOf = (item: FeatureItem): Configured => ({
  feature_name: item.feature_name,
  feature_value: JSON.parse(item.feature_value),
  version: item.version,
  created_at: item.created_at,
  updated_at: item.updated_at,
  updated_by: item.updated_by,
});

export const changeOf = (item: FeatureItem): Change => ({
  feature_name: item.feature_name,
  version: item.version,
  changed_at: item.updated_at,
  changed_by: item.updated_by,
  action: item.deleted ? 'deleted' : 'set',
  ...(item.before !== undefined && { before: JSON.parse(item.before) }),
});
