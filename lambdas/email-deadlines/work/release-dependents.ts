import type { ReadyMessage } from '../messages.ts';
import { isOver, type StoredEmail } from './email.ts';
import type { EmailStore, RunTerms } from './ports.ts';
import { becameReady, readyMessageOf } from './ready.ts';

/** Records with each dependent that this email is done; returns those that became ready by it. May be repeated. */
export async function releaseDependents(
  email: StoredEmail,
  run: RunTerms,
  store: EmailStore,
): Promise<ReadyMessage[]> {
  return readyOf(await recordParentDone(email, store), run);
}

/**
 * The same for an email that was over before: its worker may have died before it had released the dependents, and
 * after it had itself ended some of them, whose own dependents were not released either.
 */
export async function releaseAgain(
  email: StoredEmail,
  run: RunTerms,
  store: EmailStore,
): Promise<ReadyMessage[]> {
  const latest = new Map<string, StoredEmail>();
  const over = new Map([[email.email_id, email]]);
  // Grows while it is gone through.
  for (const one of over.values()) {
    for (const dependent of await recordParentDone(one, store)) {
      latest.set(dependent.email_id, dependent);
      if (isOver(dependent)) over.set(dependent.email_id, dependent);
    }
  }
  return readyOf([...latest.values()], run);
}

async function recordParentDone(email: StoredEmail, store: EmailStore): Promise<StoredEmail[]> {
  if (!email.has_dependents) return [];
  const dependents: StoredEmail[] = [];
  for await (const ids of store.dependentsOf(email)) {
    const updated = await Promise.all(
      ids.map((email_id) => store.parentDone({ ...email, email_id }, email.email_id)),
    );
    dependents.push(...updated.filter((dependent) => dependent !== undefined));
  }
  return dependents;
}

const readyOf = (dependents: StoredEmail[], { dependency_kind }: RunTerms): ReadyMessage[] =>
  dependents.filter((dependent) => becameReady(dependent, dependency_kind)).map(readyMessageOf);
