import type { Fault } from '../../shared/fault.ts';
import { type EmailIn, sameId } from './email.ts';
import { checkGraph } from './graph.ts';

/** An email that could be read, with its place in the list and its id as it was written there. */
export interface ReadEmail extends EmailIn {
  place: number;
  mailbox_id: string;
}

/** An entry of the list that is no email; `given` is what can be read of it all the same. */
export interface OddEntry {
  place: number;
  given: { email_id?: string; subject?: string; body?: string; deadline?: number };
  faults: Fault[];
}

/** A list of emails, read one by one. */
export interface ReadList {
  emails: ReadEmail[];
  odd: OddEntry[];
}

/** An email that is not answered, and why. */
export interface SetAside {
  /** Under which it is kept: its own id, or its place in the list where that id is none or another email's too. */
  email_id: string;
  given: OddEntry['given'];
  reason: string;
}

/** An email that can be answered. It waits only for such emails; `notes` say for which it does not, and why. */
export interface AnswerableEmail extends ReadEmail {
  dependencies: string[];
  notes: string[];
}

/** Those emails of a list that can be answered, and those that cannot: as few as possible. */
export function answerableOf({ emails, odd }: ReadList): {
  answerable: AnswerableEmail[];
  aside: SetAside[];
} {
  const entries: Entry[] = [...emails.map(entryOf), ...odd.map(oddEntryOf)].sort(
    (a, b) => a.place - b.place,
  );
  const aside: SetAside[] = entries.filter(({ id }) => id === '').map(unread);
  const withId = entries.filter(({ id }) => id !== '');
  const sound: ReadEmail[] = [];
  const taken = new Set<string>();
  for (const same of Map.groupBy(withId, ({ given }) => given.email_id).values()) {
    const [first, ...others] = same;
    if (!first) continue;
    // A mailbox may tell ids apart that are the same here: whoever waits for such an id waits for the first.
    const key = taken.has(first.id) ? byPlace(first) : first.id;
    taken.add(first.id);
    if (first.email && others.every((other) => isCopy(first, other))) {
      sound.push({ ...first.email, email_id: key });
      aside.push(...others.map(repeated(first, 'Only that one is answered')));
    } else if (others.length === 0) aside.push({ ...unread(first), email_id: key });
    else
      aside.push(...same.map(repeated(first, 'Which of them a reply would be for is not known')));
  }
  const circular = inCycles(sound);
  aside.push(...circular);
  const isCircular = new Set(circular.map(({ email_id }) => email_id));
  const rest = sound.filter(({ email_id }) => !isCircular.has(email_id));
  const waitedFor = new Set(rest.map(({ email_id }) => email_id));
  const names = new Set(aside.map(({ given }) => sameId(given.email_id ?? '')));
  const answerable = rest.map((email) => ({
    ...email,
    ...dependenciesOf(email, waitedFor, names),
  }));
  return { answerable, aside };
}

interface Entry {
  place: number;
  /** '' where it is no id of a run. */
  id: string;
  given: OddEntry['given'];
  email?: ReadEmail;
  faults: OddEntry['faults'];
}

const entryOf = (email: ReadEmail): Entry => ({
  place: email.place,
  id: email.email_id,
  given: givenOf(email),
  email,
  faults: [],
});

const givenOf = (email: ReadEmail): OddEntry['given'] => ({ ...email, email_id: email.mailbox_id });

function oddEntryOf(entry: OddEntry): Entry {
  const isBad = entry.faults.some(({ pointer }) => pointer === '#/email_id');
  return { ...entry, id: isBad ? '' : sameId(entry.given.email_id ?? '') };
}

const byPlace = ({ place }: Entry): string => `#/${place}`;

const maxFaults = 5;

function unread(entry: Entry): SetAside {
  const { place, given, faults } = entry;
  const named = faults
    .slice(0, maxFaults)
    .map(({ pointer, detail }) => `#/${place}${pointer.slice(1)}: ${detail}`);
  return { email_id: byPlace(entry), given, reason: `email_invalid: ${named.join(' ')}` };
}

const repeated =
  (first: Entry, whatNext: string) =>
  (entry: Entry): SetAside => ({
    email_id: byPlace(entry),
    given: entry.given,
    reason: `email_repeated: Its id is there more than once, first at #/${first.place}. ${whatNext}: give each email an id of its own.`,
  });

/** Where two emails of one id differ, a reply to one could reach the sender of the other. */
const isCopy = ({ given }: Entry, { email }: Entry): boolean =>
  email !== undefined && email.subject === given.subject && email.body === given.body;

/** The emails that wait for themselves, also by way of others. */
function inCycles(emails: readonly ReadEmail[]): SetAside[] {
  const ids = new Set(emails.map(({ email_id }) => email_id));
  const checked = checkGraph(
    emails.map((email) => ({
      email_id: email.email_id,
      dependencies: (email.dependencies ?? []).filter((id) => ids.has(id)),
    })),
  );
  if (checked.kind === 'sound') return [];
  const messages = new Map(
    checked.faults.flatMap(({ email_ids, message }) => email_ids.map((id) => [id, message])),
  );
  return emails
    .filter(({ email_id }) => messages.has(email_id))
    .map((email) => ({
      email_id: email.email_id,
      given: givenOf(email),
      reason: `email_cycle: ${messages.get(email.email_id)}`,
    }));
}

const maxNotes = 20;
const maxIdChars = 128;

function dependenciesOf(
  { dependencies }: ReadEmail,
  waitedFor: ReadonlySet<string>,
  asideIds: ReadonlySet<string>,
): Pick<AnswerableEmail, 'dependencies' | 'notes'> {
  const ids = dependencies ?? [];
  const others = ids.filter((id) => !waitedFor.has(id));
  const notes = others.slice(0, maxNotes).map((id) => {
    const name = id.slice(0, maxIdChars).toWellFormed();
    return asideIds.has(id)
      ? `dependency_failed: ${name} cannot be answered, and is not waited for.`
      : `dependency_unknown: ${name} is not in this run, and is not waited for.`;
  });
  const more = others.length - notes.length;
  return {
    dependencies: ids.filter((id) => waitedFor.has(id)),
    notes: more > 0 ? [...notes, `${more} more are not waited for.`] : notes,
  };
}
