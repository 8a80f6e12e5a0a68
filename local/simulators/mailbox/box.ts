import type { Documents } from '../documents.ts';
import { idsOf } from './email.ts';
import { type Chances, FaultInjection } from './fault-injection.ts';
import type { Post } from './post.ts';
import type { RecordedPost, RunRecord } from './record.ts';

/** What a box is loaded with, and keeps; `emails` are served unchanged, also malformed ones. */
export interface BoxContents {
  id: string;
  apiKey: string;
  emails: readonly unknown[];
  /** Epoch ms. */
  loadedAt: number;
  chances: Chances;
}

/** The emails of one run, the replies to them, and the faults of its requests. */
export class Box {
  readonly faultInjection: FaultInjection;
  readonly #contents: BoxContents;
  readonly #documents: Documents;
  readonly #emailIds: ReadonlySet<string>;
  readonly #posts: RecordedPost[];
  readonly #firstByKey = new Map<string, RecordedPost>();
  readonly #answered = new Set<string>();
  #startedAt: number;

  constructor(contents: BoxContents, documents: Documents) {
    this.#contents = contents;
    this.#documents = documents;
    this.faultInjection = new FaultInjection(contents.chances);
    this.#emailIds = new Set(idsOf(contents.emails));
    this.#startedAt = documents.get('starts', contents.id) ?? contents.loadedAt;
    this.#posts = documents.list('posts', contents.id);
    for (const post of this.#posts) this.#remember(post);
  }

  get id(): string {
    return this.#contents.id;
  }

  get apiKey(): string {
    return this.#contents.apiKey;
  }

  /** What has been posted, in order of arrival. */
  get posts(): readonly RecordedPost[] {
    return this.#posts;
  }

  /** Whether it was loaded with an email of this id. */
  has(emailId: string): boolean {
    return this.#emailIds.has(emailId);
  }

  /** The emails; deadlines count from the last time they were fetched before the first answer. */
  fetch(now: number): readonly unknown[] {
    if (this.#answered.size === 0) this.#start(now);
    return this.#contents.emails;
  }

  /** Sets how often requests fail from now on. */
  setChances(chances: Chances): void {
    this.faultInjection.setChances(chances);
    this.#documents.put('boxes', this.id, { ...this.#contents, chances });
  }

  /** Takes a well-formed post; the email that it names may be unknown. */
  take(post: Post, receivedAt: number): RecordedPost {
    const first = post.key === null ? undefined : this.#firstByKey.get(post.key);
    if (first) {
      const { status, error } = first;
      return this.#add({ ...post, receivedAt, outcome: 'repeated', status, error });
    }
    const { emailId } = post;
    if (emailId === null || !this.#emailIds.has(emailId)) {
      return this.refuse(post, receivedAt, 400, `Unknown email_id: ${emailId}`);
    }
    const outcome = this.#answered.has(emailId) ? 'duplicate' : 'accepted';
    return this.#add({ ...post, receivedAt, outcome, status: 200 });
  }

  /** Records a post that has no effect. Unless the status is 401, its key gets the same answer again. */
  refuse(post: Post, receivedAt: number, status: number, error: string): RecordedPost {
    return this.#add({ ...post, receivedAt, outcome: 'refused', status, error });
  }

  /** Records a post that a fault answers. */
  fault(post: Post, receivedAt: number, status: number): RecordedPost {
    return this.#add({ ...post, receivedAt, outcome: 'faulted', status });
  }

  /** To be called just before the answer is written or the connection is cut. */
  answered(post: RecordedPost, now: number, lost: boolean): void {
    post.answeredAt = now;
    post.lost = lost;
    this.#save(post, this.#posts.lastIndexOf(post));
  }

  record(): RunRecord {
    const { emails } = this.#contents;
    return { emails, startedAt: this.#startedAt, posts: this.#posts };
  }

  #start(now: number): void {
    this.#startedAt = now;
    this.#documents.put('starts', this.id, now);
  }

  #add(post: Omit<RecordedPost, 'answeredAt' | 'lost'>): RecordedPost {
    const recorded = { ...post, answeredAt: null, lost: false };
    const place = this.#posts.push(recorded) - 1;
    this.#remember(recorded);
    this.#save(recorded, place);
    return recorded;
  }

  #remember(post: RecordedPost): void {
    const { emailId, key, outcome, status } = post;
    if (outcome === 'accepted' && emailId !== null) this.#answered.add(emailId);
    const hasAnswer = outcome !== 'faulted' && outcome !== 'repeated' && status !== 401;
    if (hasAnswer && key !== null) this.#firstByKey.set(key, post);
  }

  #save(post: RecordedPost, place: number): void {
    this.#documents.put('posts', `${this.id} ${place}`, post, this.id);
  }
}
