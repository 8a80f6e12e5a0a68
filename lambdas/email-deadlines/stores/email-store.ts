import {
  GetCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { historyOnBegin } from '../../shared/history.ts';
import { conditionFailed, storeCall, type Table } from '../../shared/store/table.ts';
import type { EmailKey, StoredEmail } from '../work/email.ts';
import { isOver } from '../work/email.ts';
import type { EmailStore } from '../work/ports.ts';
import { dependentsOf, keys, runPartition } from './keys.ts';
import { listTrouble, unlistTrouble } from './trouble-list.ts';

type Change = Pick<UpdateCommandInput, 'UpdateExpression'> &
  Partial<Pick<UpdateCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames'>> & {
    values?: Record<string, unknown>;
  };

const stateName = { '#state': 'state' };
const draftNames = { ...stateName, '#response': 'response' };
const isOpen = '#state <> :sent AND #state <> :failed';
const ends = { ':sent': 'sent', ':failed': 'failed' };
const isMine = 'lease_owner = :owner';

/** The attempt was counted as it began; waiting and an outage are none. */
const alsoSet = {
  failed: '',
  waits: ', attempts = attempts - :one',
  outage: ', attempts = attempts - :one, outages = if_not_exists(outages, :none) + :one',
};

/** Written with what its holder knows: nobody else may write it meanwhile. */
const historyOf = ({ history }: Pick<StoredEmail, 'history'>) =>
  history
    ? { set: ', history = :history', values: { ':history': history } }
    : { set: '', values: {} };

/** The emails of runs: `EMAIL#<id>` in the run's partition. */
export function emailStore(table: Table): EmailStore {
  const read = async (key: EmailKey): Promise<StoredEmail | undefined> => {
    const { Item: item } = await storeCall('read an email', () =>
      table.client.send(
        new GetCommand({ TableName: table.name, Key: keys.email(key), ConsistentRead: true }),
      ),
    );
    return item as StoredEmail | undefined;
  };

  /** The email as it is then; undefined when the condition did not hold. */
  const update = async (key: EmailKey, change: Change): Promise<StoredEmail | undefined> => {
    const { values = {}, ...expressions } = change;
    try {
      const { Attributes: item } = await storeCall('change an email', () =>
        table.client.send(
          new UpdateCommand({
            TableName: table.name,
            Key: keys.email(key),
            ...expressions,
            ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return item as StoredEmail;
    } catch (error) {
      if (conditionFailed(error)) return undefined;
      throw error;
    }
  };

  return {
    async claim(key, owner, until) {
      const claimed = await update(key, {
        UpdateExpression:
          'SET lease_owner = :owner, lease_until = :until, begun_at = if_not_exists(begun_at, :now) ' +
          'ADD attempts :one',
        // Its own lease is of a claim whose answer was lost.
        ConditionExpression: `attribute_exists(pk) AND ${isOpen} AND (lease_until <= :now OR ${isMine})`,
        ExpressionAttributeNames: stateName,
        values: { ':owner': owner, ':until': until, ':now': table.clock.now(), ':one': 1, ...ends },
      });
      if (claimed) return { kind: 'claimed', email: claimed };
      const there = await read(key);
      if (!there) return { kind: 'unknown' };
      if (isOver(there)) return { kind: 'over', email: there };
      return { kind: 'leased', until: there.lease_until };
    },

    async draftAndSend(email, owner, { response, answered_by }) {
      const changed = await update(email, {
        UpdateExpression:
          'SET #state = :sending, #response = :response, answered_by = :step, ' +
          'drafted_at = if_not_exists(drafted_at, :now)',
        ConditionExpression: `${isMine} AND attribute_not_exists(waiting_for) AND ${isOpen}`,
        ExpressionAttributeNames: draftNames,
        values: {
          ':sending': 'sending',
          ':response': response,
          ':step': answered_by,
          ':owner': owner,
          ':now': table.clock.now(),
          ...ends,
        },
      });
      return changed !== undefined;
    },

    async saveDraft(email, owner, { response, answered_by }) {
      const saved = await update(email, {
        UpdateExpression:
          'SET #state = :drafted, #response = :response, answered_by = :step, ' +
          'lease_until = :none, attempts = :none, drafted_at = if_not_exists(drafted_at, :now)',
        ConditionExpression: `${isMine} AND ${isOpen}`,
        ExpressionAttributeNames: draftNames,
        values: {
          ':drafted': 'drafted',
          ':response': response,
          ':step': answered_by,
          ':owner': owner,
          ':none': 0,
          ':now': table.clock.now(),
          ...ends,
        },
      });
      return saved && !saved.waiting_for ? 'sendable' : 'waits';
    },

    async claimSend(key, owner, until) {
      const claimed = await update(key, {
        UpdateExpression:
          'SET #state = :sending, lease_owner = :owner, lease_until = :until ADD attempts :one',
        ConditionExpression:
          '#state = :drafted AND attribute_not_exists(waiting_for) AND lease_until <= :now',
        ExpressionAttributeNames: stateName,
        values: {
          ':sending': 'sending',
          ':drafted': 'drafted',
          ':owner': owner,
          ':one': 1,
          ':until': until,
          ':now': table.clock.now(),
        },
      });
      return claimed !== undefined;
    },

    async end(email, owner, ending) {
      await listTrouble(table, email, ending);
      const ended = await update(email, {
        UpdateExpression: `SET #state = :end, ${ending.state === 'sent' ? 'sent_at = :at, on_time = :on_time' : 'reason = :reason, failed_at = :at'}, lease_until = :none${historyOf(email).set}`,
        ConditionExpression: `${isMine} AND ${isOpen}`,
        ExpressionAttributeNames: stateName,
        values: {
          ':end': ending.state,
          ':owner': owner,
          ':none': 0,
          ...ends,
          ...historyOf(email).values,
          ...(ending.state === 'sent'
            ? { ':at': ending.sent_at, ':on_time': ending.on_time }
            : { ':reason': ending.reason, ':at': ending.failed_at }),
        },
      });
      return ended !== undefined;
    },

    async reopen(key, failedAt) {
      const there = await read(key);
      if (there?.state !== 'failed' || there.failed_at !== failedAt) return undefined;
      await unlistTrouble(table, key, failedAt);
      const history = historyOf(historyOnBegin(there.history, table.clock.now()));
      return update(key, {
        UpdateExpression: `SET #state = :again, lease_until = :none, attempts = :none${history.set} REMOVE reason, failed_at, outages`,
        ConditionExpression: '#state = :failed AND failed_at = :at',
        ExpressionAttributeNames: stateName,
        values: {
          // Its reply may have been posted.
          ':again': there.response === undefined ? 'waiting' : 'sending',
          ':failed': 'failed',
          ':at': failedAt,
          ':none': 0,
          ...history.values,
        },
      });
    },

    async giveBack(email, owner, tried, restsUntil = 0) {
      await update(email, {
        UpdateExpression: `SET lease_until = :until${alsoSet[tried]}${historyOf(email).set} REMOVE lease_owner`,
        ConditionExpression: isMine,
        values: {
          ':until': restsUntil,
          ':owner': owner,
          ...historyOf(email).values,
          ...(tried !== 'failed' && { ':one': 1 }),
          ...(tried === 'outage' && { ':none': 0 }),
        },
      });
    },

    async *dependentsOf(key) {
      let from: Record<string, unknown> | undefined;
      do {
        const start = from;
        const page = await storeCall('read dependents', () =>
          table.client.send(
            new QueryCommand({
              TableName: table.name,
              KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
              ExpressionAttributeValues: {
                ':pk': runPartition(key),
                ':prefix': dependentsOf(key.email_id),
              },
              ExclusiveStartKey: start,
            }),
          ),
        );
        for (const item of page.Items ?? []) yield item['email_ids'] as string[];
        from = page.LastEvaluatedKey;
      } while (from);
    },

    parentDone: (key, parentId) =>
      update(key, {
        UpdateExpression: 'DELETE waiting_for :parent',
        ConditionExpression: 'attribute_exists(pk)',
        values: { ':parent': new Set([parentId]) },
      }),

    async replies(key, ids) {
      const parents = await Promise.all(ids.map((email_id) => read({ ...key, email_id })));
      return parents.flatMap((parent) =>
        parent?.response === undefined
          ? []
          : [{ subject: parent.subject, response: parent.response }],
      );
    },
  };
}
