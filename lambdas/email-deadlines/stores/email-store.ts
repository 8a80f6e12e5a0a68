import { historyOnBegin } from '../../shared/queue/outcome.ts';
import { exists, expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Table } from '../../shared/store/table.ts';
import { type Draft, isOver, type StoredEmail } from '../work/email.ts';
import type { EmailStore } from '../work/ports.ts';
import { dependentsOf, keys, runPartition } from './keys.ts';
import { lateOrFailedIndex } from './late-or-failed-index.ts';

const isOpen = expr`state <> ${'sent'} AND state <> ${'failed'}`;
const isOwnedBy = (owner: string) => expr`lease_owner = ${owner}`;

/** The emails of runs: `EMAIL#<id>` in the run's partition. Owners are names of one claim each. */
export function emailStore(table: Table): EmailStore {
  const emails = new ItemStore<StoredEmail>(table, 'an email');
  const dependents = new ItemStore<{ email_ids: string[] }>(table, 'the dependents of an email');
  const index = lateOrFailedIndex(table);

  const drafted = ({ response, answered_by }: Draft) => ({
    response,
    answered_by,
    drafted_at: expr`if_not_exists(drafted_at, ${table.clock.now()})`,
  });

  return {
    async claim(key, owner, until) {
      const now = table.clock.now();
      const begun_at = expr`if_not_exists(begun_at, ${now})`;
      const { written, item } = await emails.updateIf(keys.email(key), {
        set: { lease_owner: owner, lease_until: until, begun_at },
        add: { attempts: 1 },
        if: expr`${exists} AND ${isOpen} AND lease_until <= ${now}`,
        mine: ['lease_owner'],
      });
      if (written) return { kind: 'claimed', email: item };
      if (!item) return { kind: 'unknown' };
      if (isOver(item)) return { kind: 'over', email: item };
      return { kind: 'leased', until: item.lease_until };
    },

    async draftAndSend(email, owner, draft) {
      const { written } = await emails.updateIf(keys.email(email), {
        set: { state: 'sending', ...drafted(draft) },
        if: expr`${isOwnedBy(owner)} AND attribute_not_exists(waiting_for) AND ${isOpen}`,
      });
      return written;
    },

    async saveDraft(email, owner, draft) {
      const { item: saved } = await emails.updateIf(keys.email(email), {
        set: { state: 'drafted', ...drafted(draft), lease_until: 0, attempts: 0 },
        if: expr`${isOwnedBy(owner)} AND ${isOpen}`,
      });
      return saved && !saved.waiting_for ? 'sendable' : 'waits';
    },

    async claimSend(key, owner, until) {
      const { written } = await emails.updateIf(keys.email(key), {
        set: { state: 'sending', lease_owner: owner, lease_until: until },
        add: { attempts: 1 },
        if: expr`state = ${'drafted'} AND attribute_not_exists(waiting_for) AND lease_until <= ${table.clock.now()}`,
        mine: ['state', 'lease_owner'],
      });
      return written;
    },

    async end(email, owner, ending) {
      await index.add(email, ending);
      const { written } = await emails.updateIf(keys.email(email), {
        // Nobody else may write the history while its holder has the lease.
        set: { ...ending, lease_owner: owner, lease_until: 0, history: email.history },
        if: expr`${isOwnedBy(owner)} AND ${isOpen}`,
        mine: ['state', 'lease_owner'],
      });
      return written;
    },

    async reopen(key, failedAt) {
      const there = await emails.get(keys.email(key));
      if (there?.state !== 'failed' || there.failed_at !== failedAt) return undefined;
      await index.remove(key, failedAt);
      const { item } = await emails.updateIf(keys.email(key), {
        set: {
          // Its reply may have been posted.
          state: there.response === undefined ? 'waiting' : 'sending',
          lease_until: 0,
          attempts: 0,
          ...historyOnBegin(there.history, table.clock.now()),
        },
        remove: ['reason', 'failed_at', 'outages'],
        if: expr`state = ${'failed'} AND failed_at = ${failedAt}`,
      });
      return item;
    },

    async giveBack(email, owner, tried, quietUntil = 0) {
      await emails.updateIf(keys.email(email), {
        set: { lease_until: quietUntil, history: email.history },
        // The attempt was counted as it began; waiting and an outage do not count.
        add: {
          attempts: tried === 'failed' ? undefined : -1,
          outages: tried === 'outage' ? 1 : undefined,
        },
        remove: ['lease_owner'],
        if: isOwnedBy(owner),
      });
    },

    async *dependentsOf(key) {
      const range = { pk: runPartition(key), prefix: dependentsOf(key.email_id) };
      for await (const { email_ids } of dependents.each(range)) yield email_ids;
    },

    async parentDone(key, parentId) {
      const { item } = await emails.updateIf(keys.email(key), {
        without: { waiting_for: new Set([parentId]) },
        if: exists,
      });
      return item;
    },

    async replies(key, ids) {
      const parents = await Promise.all(
        ids.map((email_id) => emails.get(keys.email({ ...key, email_id }))),
      );
      return parents.flatMap((parent) =>
        parent?.response === undefined
          ? []
          : [{ subject: parent.subject, response: parent.response }],
      );
    },
  };
}
