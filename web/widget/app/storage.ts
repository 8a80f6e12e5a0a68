/** The part of `localStorage` that is needed. */
export type Storage = Pick<globalThis.Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Values as JSON under names of their own; where a browser stores nothing they are kept while the page is there. */
export function keep(storage: Storage | undefined, prefix: string) {
  const memory = new Map<string, string>();
  return {
    prefix,
    get<T>(name: string): T | undefined {
      let text: string | null | undefined;
      try {
        text = storage?.getItem(prefix + name);
      } catch {
        text = undefined;
      }
      text ??= memory.get(name);
      if (!text) return undefined;
      try {
        return JSON.parse(text) as T;
      } catch {
        return undefined;
      }
    },
    set(name: string, value: unknown): void {
      if (value === undefined) {
        memory.delete(name);
        try {
          storage?.removeItem(prefix + name);
        } catch {
          // What cannot be removed was never stored.
        }
        return;
      }
      const text = JSON.stringify(value);
      memory.set(name, text);
      try {
        storage?.setItem(prefix + name, text);
      } catch {
        // Full or forbidden: it is in memory.
      }
    },
  };
}
export type Kept = ReturnType<typeof keep>;
