import type { Core } from './chat.ts';
import type { Page } from './wire.ts';

const pageSize = 50;

/** Reads the conversation's log by sequences, never by times, so that nothing is missed however long it was away. */
export function logReader({ ports: { session, kept }, state, dispatch }: Core) {
  const page = (after: number, limit: number) =>
    session.call<Page>((id) => `/conversations/${id}/messages?after=${after}&limit=${limit}`);

  let known: string | undefined;
  async function readOn(): Promise<void> {
    const id = session.current()?.conversation_id;
    if (known !== undefined && id !== known) dispatch({ type: 'began', base: 0, read: 0 });
    known = id;
    for (;;) {
      const { messages, last_sequence, status, handling } = await page(state().seen, pageSize);
      const before = state().seen;
      dispatch({ type: 'messages', messages, status, handling });
      if (state().seen >= last_sequence || state().seen === before) return;
    }
  }

  let running: Promise<void> | undefined;
  let again = false;
  return {
    /** Begins with the newest messages. */
    begin(last: number): void {
      known = session.current()?.conversation_id;
      const base = Math.max(0, last - pageSize);
      dispatch({ type: 'began', base, read: kept.get<number>('read') ?? last });
    },
    /** All that is new; who asks while it runs gets what is new after that. */
    sync(): Promise<void> {
      if (running) {
        again = true;
        return running;
      }
      running = (async () => {
        do {
          again = false;
          await readOn();
        } while (again);
      })().finally(() => {
        running = undefined;
      });
      return running;
    },
    async earlier(): Promise<void> {
      const { base } = state();
      const after = Math.max(0, base - pageSize);
      const { messages } = await page(after, base - after);
      dispatch({ type: 'earlier', messages, base: after });
    },
  };
}
export type LogReader = ReturnType<typeof logReader>;
