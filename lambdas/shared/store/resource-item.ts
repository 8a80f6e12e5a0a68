/** What a change demands of what is there: a version, anything, nothing, or that nothing was ever there. */
export type Expected = { version: number } | 'present' | 'absent' | 'new';

/** What every resource has beside its id and its body. */
export interface Stamps {
  /** Counts the changes, also over a deletion: an ETag never means two things. */
  version: number;
  created_at: string;
  updated_at: string;
  /** The principal of whoever made the last change. */
  updated_by: string;
}

/** A resource as it is now. */
export interface Stored<Body> extends Stamps {
  id: string;
  body: Body;
}

/** One change of a resource, as its audit trail tells it. */
export interface Change<Body> {
  id: string;
  version: number;
  changed_at: string;
  changed_by: string;
  action: 'set' | 'deleted';
  /** What was there before; missing where nothing was. */
  before?: Body;
}

/**
 * The item of a resource holds its last change too, so that both are one write. A deleted resource keeps its item,
 * and with it its version. Bodies are JSON texts, which keep numbers and depths that DynamoDB does not.
 */
export interface ResourceItem extends Stamps {
  id: string;
  body: string;
  deleted?: boolean;
  /** Tells a writer whose answer was lost that what is there is its own. */
  change_id: string;
  before?: string;
}

export const isUnset = (item: ResourceItem | undefined): boolean => !item || item.deleted === true;

/** Whether a change may be made upon what is there. */
export function isAsExpected(item: ResourceItem | undefined, expected: Expected | undefined) {
  if (expected === undefined) return true;
  if (expected === 'new') return !item;
  if (expected === 'absent') return isUnset(item);
  if (expected === 'present') return !isUnset(item);
  return !isUnset(item) && item?.version === expected.version;
}

/** The item after a change; without a `body`, the resource is deleted. */
export function nextItem(
  current: ResourceItem | undefined,
  change: { id: string; body: unknown; by: string; now: string; change_id: string },
): ResourceItem {
  const { id, body, by, now, change_id } = change;
  const kept = current && !current.deleted ? current : undefined;
  return {
    id,
    body: JSON.stringify(body ?? null),
    version: (current?.version ?? 0) + 1,
    created_at: kept?.created_at ?? now,
    updated_at: now,
    updated_by: by,
    change_id,
    ...(kept && { before: kept.body }),
    ...(body === undefined && { deleted: true }),
  };
}

/** The last change of a resource, as its item tells it. */
export const changeOf = (item: ResourceItem): Change<unknown> => ({
  id: item.id,
  version: item.version,
  changed_at: item.updated_at,
  changed_by: item.updated_by,
  action: item.deleted ? 'deleted' : 'set',
  ...(item.before !== undefined && { before: JSON.parse(item.before) }),
});
