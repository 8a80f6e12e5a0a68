import type { HistoryEntry } from '../../shared/queue/outcome.ts';
import type { Insight, Lead } from '../messages.ts';

/** A lead as it is kept. */
export interface StoredLead extends Lead {
  tenant_id: string;
  /** In seconds since the epoch. */
  expires_at: number;
  /** The insight that holds, without those that it has replaced. */
  insight?: StoredInsight;
  /** The insight up to which everybody has been told. */
  announced_version?: number;
  /** The latest tries to classify it that failed. */
  history?: HistoryEntry[];
}

export interface StoredInsight extends Insight {
  /** The request for a new classification that it answers. */
  request_id?: string;
}

/** A lead as its tenant sees it. */
export const leadView = ({ id, email, phone, name, note, source, created_at }: Lead): Lead => ({
  id,
  email,
  phone,
  name,
  note,
  source,
  created_at,
});

/** An insight as its tenant sees it. */
export function insightView(stored: StoredInsight): Insight {
  const { request_id: _own, ...insight } = stored;
  return insight;
}
