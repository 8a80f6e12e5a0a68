import { emailStore } from '../../lambdas/email-deadlines/stores/email-store.ts';
import type { TestTable } from '../support/table.ts';
import { anEmail } from './email-world.ts';
import { aStart } from './starting.ts';

export type Start = Awaited<ReturnType<typeof aStart>>;

/** A run that has begun, with nothing done. */
export async function aRunning(
  table: TestTable,
  options: Parameters<typeof aStart>[1] = {},
): Promise<Start> {
  const run = await aStart(table, { mail: ['a', 'b'].map((id) => anEmail(id)), ...options });
  await run.start();
  run.messages();
  return run;
}

/** Ends an email without its run’s counts, as a worker does that dies between the two. */
export async function ends(
  table: TestTable,
  run: Start,
  id: string,
  state: 'sent' | 'failed' = 'sent',
): Promise<void> {
  const store = emailStore(table);
  await store.claim({ ...run.key, email_id: id }, 'worker', table.clock.now() + 1_000);
  const email = await run.email(id);
  if (!email) throw new Error(`Expected an email ${id}, got none.`);
  const ending =
    state === 'sent'
      ? { state, sent_at: table.clock.now(), on_time: true }
      : { state, reason: '400', failed_at: table.clock.now() };
  await store.end(email, 'worker', ending);
}
