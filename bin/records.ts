import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { keys as emailKeys } from '../lambdas/email-deadlines/stores/keys.ts';
import { runStore } from '../lambdas/email-deadlines/stores/run-store.ts';
import type { EmailKey, StoredEmail } from '../lambdas/email-deadlines/work/email.ts';
import { sameId } from '../lambdas/email-deadlines/work/email.ts';
import type { StoredRun } from '../lambdas/email-deadlines/work/run.ts';
import { turnStore } from '../lambdas/whatsapp-replies/stores/turn-store.ts';
import type { Turn, TurnKey } from '../lambdas/whatsapp-replies/work/turn.ts';
import type { Target } from './command.ts';
import { tableOf } from './target.ts';

/** What the contexts have recorded of messages and emails, read only. */
export interface Records {
  turn(key: TurnKey): Promise<Turn | undefined>;
  /** By its id as its mailbox writes it. */
  email(key: EmailKey): Promise<StoredEmail | undefined>;
  run(key: Pick<EmailKey, 'tenant_id' | 'run_id'>): Promise<StoredRun | undefined>;
}

export function recordsOf(target: Target): Records {
  const conversations = tableOf(target, 'conversations');
  const emailRuns = tableOf(target, 'email-runs');
  // Nothing is written, so that no expiry is asked for.
  const turns = turnStore({ ...conversations, retentionDays: async () => 1 });
  return {
    turn: (key) => turns.turnOf(key),
    async email(key) {
      const email_id = sameId(key.email_id);
      const { Item: item } = await emailRuns.client.send(
        new GetCommand({
          TableName: emailRuns.name,
          Key: emailKeys.email({ ...key, email_id }),
          ConsistentRead: true,
        }),
      );
      return (item as StoredEmail | undefined) ?? runStore(emailRuns).emailAtItsPlace(key);
    },
    run: (key) => runStore(emailRuns).find(key),
  };
}
