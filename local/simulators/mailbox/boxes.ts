import type { z } from 'zod';
import type { Documents } from '../documents.ts';
import { Box, type BoxContents } from './box.ts';
import type { RecordedPost } from './record.ts';
import { type RunOrder, runOrder } from './run-order.ts';
import { sampleEmails } from './sample-emails.ts';

const freshPrefix = 'fresh-';

/** All boxes of a mailbox, stored in its documents. */
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

  /** Loads a run; a box of the same id is emptied first. Throws a ZodError on a malformed order. */
  load(given: RunOrder): Box {
    const order = runOrder.parse(given);
    return this.#add(order.id ?? this.#unused('run-'), order, () => sampleEmails('e', true));
  }

  /** Loads a run into a new box; sample emails have ids that no other box has. */
  loadFresh(given: RunOrder, isTest: boolean): Box {
    const id = this.#unused(freshPrefix);
    return this.#add(id, runOrder.parse(given), () => sampleEmails(`${id}.`, isTest));
  }

  get(id: string): Box | undefined {
    return this.#boxes.get(id);
  }

  /** The newest fresh box that has this email; where none has it, the newest one. */
  freshOf(emailId: string | null): Box | undefined {
    const fresh = this.all().filter(({ id }) => id.startsWith(freshPrefix));
    return fresh.findLast((box) => box.has(emailId ?? '')) ?? fresh.at(-1);
  }

  /** In the order in which they were first loaded. */
  all(): Box[] {
    return [...this.#boxes.values()];
  }

  #add(id: string, order: z.output<typeof runOrder>, sample: () => unknown[]): Box {
    this.#forget(id);
    const contents: BoxContents = {
      id,
      apiKey: order.apiKey ?? this.#apiKey,
      emails: order.emails ?? sample(),
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
