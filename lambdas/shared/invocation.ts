/** What a function knows of the invocation that it is in. */
export interface Invocation {
  /** Tells it apart from all others, such as the owner of a lease. */
  owner: string;
  remainingMs(): number;
}
