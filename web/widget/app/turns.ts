import { Failure } from './api.ts';
import type { Core } from './chat.ts';
import type { LogReader } from './log-reader.ts';
import { readEvents } from './reader.ts';
import { awaitsAnswer } from './state.ts';

/** How often a stream is asked for before the answer is only polled for. */
const maxOpens = 6;

/** Reads the answers as they are written. */
export function turns({ ports, state, dispatch }: Core, log: LogReader) {
  const { session, api, config, kept } = ports;
  const base = config.streaming_url?.replace(/\/$/, '');
  let reading: AbortController | undefined;
  let retryMs = 2_000;
  let opens = 0;

  const pause = (ms: number) => new Promise<void>((done) => ports.setTimer(done, ms));

  /** Reads to the end of the turn, over as many connections as it takes. */
  async function read(first: Response | undefined, cancel: AbortController): Promise<void> {
    let response = first;
    for (;;) {
      try {
        response ??= await reopen(cancel.signal);
        if (response.status === 204) {
          dispatch({ type: 'no_turn' });
          break;
        }
        await readEvents(
          response,
          ports,
          (event) => {
            opens = 0;
            const { answer, ended } = dispatch({ type: 'event', event });
            return ended === event.turn_id ? event.sequence : (answer?.last ?? 0);
          },
          (ms) => {
            retryMs = ms;
          },
        );
        break;
      } catch (error) {
        if (cancel.signal.aborted) return;
        if (!(error instanceof Failure) || !error.passing || opens >= maxOpens) break;
        response = undefined;
        await pause(error.retryAfter ?? retryMs * (0.5 + ports.random()));
      }
    }
    if (cancel.signal.aborted) return;
    reading = undefined;
    await log.sync();
    if (opens >= maxOpens) dispatch({ type: 'owed', owed: false });
    else if (state().owed !== undefined) follow();
  }

  async function reopen(signal: AbortSignal): Promise<Response> {
    opens += 1;
    const { answer } = state();
    const turn = answer?.turn_id ?? kept.get<{ turn_id: string }>('turn')?.turn_id;
    const query = turn ? `?turn_id=${encodeURIComponent(turn)}` : '';
    return session.authorized((credential) => {
      const id = encodeURIComponent(session.current()?.conversation_id ?? '');
      return api.open(`${base}/streaming/conversations/${id}/stream${query}`, {
        credential,
        signal,
        // A page that was loaded anew has none of the text: it reads from the first event.
        ...(answer && { headers: { 'last-event-id': String(answer.last) } }),
      });
    });
  }

  function start(response?: Response): void {
    const cancel = new AbortController();
    reading = cancel;
    void read(response, cancel).catch((error) => {
      if (reading === cancel) reading = undefined;
      if (!(error instanceof Failure)) throw error;
    });
  }

  function follow(): void {
    if (base !== undefined && !reading && opens < maxOpens && awaitsAnswer(state())) start();
  }

  return {
    /** Whether a message may bring its answer along. */
    canStream: () => base !== undefined && reading === undefined,
    /** Sends a message and reads its answer; done once the message is accepted. */
    async send(body: object): Promise<void> {
      opens = 0;
      start(
        await session.authorized((credential) =>
          api.open(`${base}/streaming/conversations/actions`, { method: 'POST', body, credential }),
        ),
      );
    },
    /** Reads the answer that is being written, if one is. */
    follow,
    leave(): void {
      reading?.abort();
      reading = undefined;
      dispatch({ type: 'no_turn' });
    },
    async stop(): Promise<void> {
      await session.call((id) => `${base}/streaming/conversations/${id}/stop`, { method: 'POST' });
    },
  };
}
export type Turns = ReturnType<typeof turns>;
