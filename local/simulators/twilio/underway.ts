/** Unfinished work, which must end before its store is closed. */
export class Underway {
  readonly #promises = new Set<Promise<unknown>>();

  add<T>(promise: Promise<T>): Promise<T> {
    const settled = Promise.allSettled([promise]);
    this.#promises.add(settled);
    void settled.finally(() => this.#promises.delete(settled));
    return promise;
  }

  async settled(): Promise<void> {
    while (this.#promises.size > 0) await Promise.all(this.#promises);
  }
}
