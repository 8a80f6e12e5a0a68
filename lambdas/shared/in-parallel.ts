/**
 * Does the work, so many at the same time. After a failure nothing more is begun, and it throws once what was under
 * way has ended: nothing of it continues unseen by the caller.
 */
export async function inParallel<T>(
  work: readonly T[],
  concurrency: number,
  each: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = work.values();
  let isOver = false;
  const worker = async () => {
    try {
      for (const one of waiting) {
        await each(one);
        if (isOver) return;
      }
    } finally {
      isOver = true;
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: concurrency }, worker));
  const failed = workers.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** The list in pieces of this size; the last one may be shorter. */
export function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
