import type { Documents } from '../documents.ts';
import { Box, type BoxContents } from './box.ts';
import type { RecordedPost } from './record.ts';
import { orderedMail, type RunOrder, runOrder } from './run-order.ts';

/** Run ids before the dot of an email id tell a fresh run's emails apart from another's. */
const freshPrefix = 'fresh-';

/** All boxes of a mailbox, kept in its documents. */
export class Boxes {
  readonly #boxes = new Map<string, Box>();
  readonly #documents: Documents;
  readonly #apiKey: string;
  readonly #now: () => number;

  constructor(documents: Documents, apiKey: string, now: () => number) {
    this.#documents = documents;
    this.#apiKey = apiKey;
    this.#now = now;
    for (const contents of documents.list<BoxContents>('boxes')) {
      this.#boxes.set(contents.id, new Box(contents, documents));
    }
  }

  /** Loads a run; into a box that exists, in place of all it had. Throws a ZodError on a bad order. */
  load(given: RunOrder): Box {
    const order = runOrder.parse(given);
    return this.#add(order.id ?? this.#unused('run-'), order);
  }

  /** Loads a run whose email ids say of which run they are, and whose seed is new. */
  loadFresh(given: RunOrder): Box {
    const id = this.#unused(freshPrefix);
    const seed = Number(id.slice(freshPrefix.length));
    return this.#add(id, runOrder.parse({ ...given, seed }), `${id}.`);
  }

  get(id: string): Box | undefined {
    return this.#boxes.get(id);
  }

  /** The box of a fresh run's email; for an id that is none of theirs, the newest such box. */
  freshOf(emailId: string | null): Box | undefined {
    const named = this.#boxes.get(emailId?.split('.')[0] ?? '');
    return named ?? this.all().findLast(({ id }) => id.startsWith(freshPrefix));
  }

  /** In the order in which they were first loaded. */
  all(): Box[] {
    return [...this.#boxes.values()];
  }

  #add(id: string, order: ReturnType<typeof runOrder.parse>, idPrefix?: string): Box {
    this.#forget(id);
    const contents: BoxContents = {
      id,
      apiKey: order.apiKey ?? this.#apiKey,
      emails: orderedMail(order, idPrefix),
      loadedAt: this.#now(),
      chances: order.faults,
    };
    this.#documents.put('boxes', id, contents);
    const box = new Box(contents, this.#documents);
    this.#boxes.set(id, box);
    return box;
  }

  #forget(id: string): void {
    const posts = this.#documents.list<RecordedPost>('posts', id);
    posts.forEach((_, place) => {
      this.#documents.delete('posts', `${id} ${place}`);
    });
    this.#documents.delete('starts', id);
  }

  #unused(prefix: string): string {
    let number = this.#boxes.size + 1;
    while (this.#boxes.has(`${prefix}${number}`)) number += 1;
    return `${prefix}${number}`;
  }
}
