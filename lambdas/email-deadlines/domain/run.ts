import type { Counts, RunView } from '../contract.ts';
import type { DependencyKind } from './deadlines.ts';

/** A run as it is stored, its counts included. */
export interface StoredRun extends Counts {
  tenant_id: string;
  run_id: string;
  state: RunView['state'];
  test_mode: boolean;
  dependency_kind: DependencyKind;
  send: 'asap' | 'just_in_time';
  concurrency_limit: number;
  /** Whether its emails came with the request; otherwise they are fetched. */
  has_emails: boolean;
  cannot_be_met: RunView['cannot_be_met'];
  at_risk: number;
  problem: RunView['problem'];
  created_at: string;
  created_by: string;
  /** When its emails were there. */
  begun_at?: string;
  completed_at: string | null;
}

/** Nothing has been done yet. */
export const noCounts: Counts = {
  fetched: 0,
  waiting: 0,
  drafted: 0,
  sent: 0,
  on_time: 0,
  late: 0,
  failed: 0,
  retries: 0,
};

/** How many emails are over. */
export const doneOf = ({ sent, failed }: Pick<Counts, 'sent' | 'failed'>): number => sent + failed;
