import {
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { conditionFailed, expiresAt, storeCall, type Table } from '../../vendors/aws/table.ts';
import type { EmailKey, Ending, StoredEmail } from '../domain/email.ts';
import { isOver } from '../domain/email.ts';
import type { EmailStore } from '../domain/ports.ts';
import { dependentsOf, keys, runPartition } from './keys.ts';

/** Days that runs are kept. */
export const keptDays = 30;

type Change = Pick<UpdateCommandInput, 'UpdateExpression'> &
  Partial<Pick<UpdateCommandInput, 'ConditionExpression' | 'ExpressionAttributeNames'>> & {
    values?: Record<string, unknown>;
  };

const stateName = { '#state': 'state' };
const draftNames = { ...stateName, '#response': 'response' };
const isOpen = '#state <> :sent AND #state <> :failed';
const ends = { ':sent': 'sent', ':failed': 'failed' };
const isMine = 'lease_owner = :owner';

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
        UpdateExpression: 'SET lease_owner = :owner, lease_until = :until ADD attempts :one',
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
        UpdateExpression: 'SET #state = :sending, #response = :response, answered_by = :step',
        ConditionExpression: `${isMine} AND attribute_not_exists(waiting_for) AND ${isOpen}`,
        ExpressionAttributeNames: draftNames,
        values: {
          ':sending': 'sending',
          ':response': response,
          ':step': answered_by,
          ':owner': owner,
          ...ends,
        },
      });
      return changed !== undefined;
    },

    async saveDraft(email, owner, { response, answered_by }) {
      const saved = await update(email, {
        UpdateExpression:
          'SET #state = :drafted, #response = :response, answered_by = :step, lease_until = :none, attempts = :none',
        ConditionExpression: `${isMine} AND ${isOpen}`,
        ExpressionAttributeNames: draftNames,
        values: {
          ':drafted': 'drafted',
          ':response': response,
          ':step': answered_by,
          ':owner': owner,
          ':none': 0,
          ...ends,
        },
      });
      return saved && !saved.waiting_for ? 'sendable' : 'waits';
    },

    async claimSend(key, owner, until) {
      const claimed = await update(key, {
        UpdateExpression: 'SET #state = :sending, lease_owner = :owner, lease_until = :until',
        ConditionExpression:
          '#state = :drafted AND attribute_not_exists(waiting_for) AND lease_until <= :now',
        ExpressionAttributeNames: stateName,
        values: {
          ':sending': 'sending',
          ':drafted': 'drafted',
          ':owner': owner,
          ':until': until,
          ':now': table.clock.now(),
        },
      });
      return claimed !== undefined;
    },

    async end(email, owner, ending) {
      await listTrouble(table, email, ending);
      const ended = await update(email, {
        UpdateExpression: `SET #state = :end, ${ending.state === 'sent' ? 'sent_at = :at, on_time = :on_time' : 'reason = :reason'}, lease_until = :none`,
        ConditionExpression: `${isMine} AND ${isOpen}`,
        ExpressionAttributeNames: stateName,
        values: {
          ':end': ending.state,
          ':owner': owner,
          ':none': 0,
          ...ends,
          ...(ending.state === 'sent'
            ? { ':at': ending.sent_at, ':on_time': ending.on_time }
            : { ':reason': ending.reason }),
        },
      });
      return ended !== undefined;
    },

    async giveBack(email, owner, tried) {
      await update(email, {
        UpdateExpression:
          tried === 'waits'
            ? 'SET lease_until = :none, attempts = attempts - :one'
            : 'SET lease_until = :none',
        ConditionExpression: isMine,
        values: { ':none': 0, ':owner': owner, ...(tried === 'waits' && { ':one': 1 }) },
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

/** Written before the end, so that no email in trouble is missing from the list of them. */
async function listTrouble(table: Table, email: StoredEmail, ending: Ending): Promise<void> {
  const isLate = ending.state === 'sent' && !ending.on_time;
  if (ending.state === 'sent' && !isLate) return;
  await storeCall('list an email', () =>
    table.client.send(
      new PutCommand({
        TableName: table.name,
        Item: {
          ...keys.trouble(email, isLate ? 'late' : 'failed'),
          email_id: email.email_id,
          ...(ending.state === 'sent'
            ? { late_by_seconds: (ending.sent_at - email.deadline_at) / 1000 }
            : { reason: ending.reason }),
          expires_at: expiresAt(table.clock.now(), keptDays),
        },
      }),
    ),
  );
}
