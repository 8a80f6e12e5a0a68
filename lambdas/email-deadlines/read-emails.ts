import type { Fault } from '../shared/fault.ts';
import { parsed } from '../shared/http/faults.ts';
import { emailIn, servedEmail } from './email-schema.ts';
import type { OddEntry, ReadEmail, ReadList } from './work/answerable.ts';
import { sameId } from './work/email.ts';
import { checkGraph, type GraphFault } from './work/graph.ts';

/** How emails are read: those of a request to the letter, those of a mailbox as they are meant. */
export const readers = {
  strict: { schema: emailIn, meant: (entry: unknown) => entry },
  served: { schema: servedEmail, meant: asMeant },
};

/** Reads each entry by itself, so that one that is no email spoils no other. */
export function readEmails(
  list: readonly unknown[],
  { schema, meant }: (typeof readers)[keyof typeof readers],
): ReadList {
  const emails: ReadEmail[] = [];
  const odd: OddEntry[] = [];
  for (const [place, entry] of list.entries()) {
    const value = meant(entry);
    const result = parsed(schema, value);
    const given = readablePartOf(value);
    if ('value' in result) {
      const { email_id } = result.value;
      emails.push({ ...result.value, place, mailbox_id: given.email_id ?? email_id });
    } else odd.push({ place, given, faults: result.faults });
  }
  return { emails, odd };
}

/** Null is empty, a number may be written as a text, and characters that are halved are replaced. */
function asMeant(entry: unknown): unknown {
  if (!isObject(entry)) return entry;
  const { subject, body, deadline, dependencies } = entry;
  return {
    ...entry,
    subject: textOf(subject),
    ...(Object.hasOwn(entry, 'body') && { body: textOf(body) }),
    ...(typeof deadline === 'string' && numeric.test(deadline) && { deadline: Number(deadline) }),
    dependencies: Array.isArray(dependencies)
      ? dependencies.filter((id) => id !== null).map(idOf)
      : idOf(dependencies),
  };
}

const numeric = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): unknown => {
  if (typeof value === 'string') return value.toWellFormed();
  return value ?? '';
};

const idOf = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);

function readablePartOf(entry: unknown): OddEntry['given'] {
  if (!isObject(entry)) return {};
  const { email_id, subject, body, deadline } = entry;
  return {
    ...((typeof email_id === 'string' || typeof email_id === 'number') && {
      email_id: String(email_id),
    }),
    ...(typeof subject === 'string' && { subject }),
    ...(typeof body === 'string' && { body }),
    ...(typeof deadline === 'number' && Number.isFinite(deadline) && { deadline }),
  };
}

/** Everything that is wrong with a list, with pointers into it that begin with `at`. */
export function faultsIn({ emails, odd }: ReadList, at: string): Fault[] {
  const unread = odd.flatMap(({ place, faults }) =>
    faults.map(({ pointer, detail }) => ({ place, field: pointer.slice(1), detail })),
  );
  const last = new Map(emails.map(({ email_id, place }) => [email_id, place]));
  const first = new Map(emails.toReversed().map(({ email_id, place }) => [email_id, place]));
  const known = new Set(odd.map(({ given }) => sameId(given.email_id ?? '')));
  const checked = checkGraph(
    emails.map(({ email_id, dependencies }) => ({
      email_id,
      // One that could not be read is there all the same.
      dependencies: (dependencies ?? []).filter((id) => first.has(id) || !known.has(id)),
    })),
  );
  const unsound = checked.kind === 'faulty' ? checked.faults : [];
  const ofGraph = unsound.map(({ kind, email_ids, message }) => ({
    place: (kind === 'duplicate' ? last : first).get(email_ids[0] ?? '') ?? 0,
    field: fieldOf[kind],
    detail: message,
  }));
  return [...unread, ...ofGraph].map(({ place, field, detail }) => ({
    pointer: `${at}/${place}${field}`,
    detail,
  }));
}

const fieldOf: Record<GraphFault['kind'], string> = {
  duplicate: '/email_id',
  unknown: '/dependencies',
  self: '/dependencies',
  cycle: '/dependencies',
};
