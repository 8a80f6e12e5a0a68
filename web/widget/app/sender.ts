import { Failure } from './api.ts';
import type { Core } from './chat.ts';
import type { LogReader } from './log-reader.ts';
import type { Outgoing } from './state.ts';
import type { Turns } from './turns.ts';
import type { Accepted, FileReference } from './wire.ts';

/**
 * What the customer writes is stored first and sent then, in its order; the server knows it by its client id, so that
 * it is there once however often it is sent.
 */
export function sender(core: Core, log: LogReader, turns: Turns) {
  const { ports, state, dispatch } = core;
  const { kept, session } = ports;
  const accepted = new Set<string>();
  const stored = () => kept.get<Outgoing[]>('outbox') ?? [];
  const show = () => {
    const waiting = stored();
    const shown = state().outbox.filter(({ client_id }) => accepted.has(client_id));
    dispatch({ type: 'outbox', outbox: [...shown, ...waiting] });
  };
  const store = (outbox: Outgoing[]) => {
    kept.set('outbox', outbox.length > 0 ? outbox : undefined);
    show();
  };
  const change = (clientId: string, problem: string | undefined) =>
    store(
      stored().map(({ problem: _was, ...one }) =>
        one.client_id === clientId && problem !== undefined ? { ...one, problem } : one,
      ),
    );

  async function send({ client_id, text, files }: Outgoing): Promise<void> {
    await session.ensure();
    const body = () => ({
      conversation_id: session.current()?.conversation_id,
      message: text,
      client_id,
      ...(files.length > 0 && { file_ids: files.map(({ file_id }) => file_id) }),
      context: ports.context(),
    });
    if (turns.canStream()) return turns.send(body());
    const { message, turn_id } = await session.call<Accepted>(() => '/visitor/v1/webchat/message', {
      method: 'POST',
      body: body(),
    });
    if (!turn_id && state().answer) dispatch({ type: 'owed', owed: true });
    dispatch({ type: 'messages', messages: [message] });
  }

  async function pump(): Promise<void> {
    for (;;) {
      const next = stored().find(({ problem }) => problem === undefined);
      if (!next) return;
      try {
        await send(next);
      } catch (error) {
        if (!(error instanceof Failure) || error.passing) throw error;
        change(next.client_id, error.message);
        continue;
      }
      accepted.add(next.client_id);
      // It stays to be seen until the log has it.
      store(stored().filter(({ client_id }) => client_id !== next.client_id));
      await log.sync();
    }
  }

  return {
    write(text: string, files: FileReference[]): void {
      const created_at = new Date(ports.now()).toISOString();
      store([...stored(), { client_id: ports.newId(), text, files, created_at }]);
    },
    /** Sends all that waits. */
    pump: () => (stored().length > 0 ? ports.alone(pump) : Promise.resolve()),
    again: (clientId: string) => change(clientId, undefined),
    discard: (clientId: string) =>
      store(stored().filter(({ client_id }) => client_id !== clientId)),
    /** Another page of this visitor has changed it. */
    reload: show,
  };
}
