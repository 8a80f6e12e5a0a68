/** What one piece of work holds of a process's memory. */
export interface ByteHold {
  /** False when there is no room for so many bytes more; then nothing more is held. */
  take(bytes: number): boolean;
  /** How much it holds. */
  readonly bytes: number;
  /** Gives all of it back. */
  release(): void;
}

/** A part of the process's memory that pieces of work going on at the same time share. */
export interface ByteRoom {
  hold(): ByteHold;
}

/** A room of so many bytes. */
export function byteRoom(capacity: number): ByteRoom {
  let free = capacity;
  return {
    hold() {
      let held = 0;
      return {
        take(bytes) {
          if (bytes > free) return false;
          free -= bytes;
          held += bytes;
          return true;
        },
        get bytes() {
          return held;
        },
        release() {
          free += held;
          held = 0;
        },
      };
    },
  };
}
