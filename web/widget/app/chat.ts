import { type Api, Failure } from './api.ts';
import { logReader } from './log-reader.ts';
import { sender } from './sender.ts';
import type { VisitorSession } from './session.ts';
import {
  type Action,
  awaitsAnswer,
  emptyState,
  type Outgoing,
  pollAfter,
  type Rating,
  reduce,
  type State,
} from './state.ts';
import type { Kept } from './storage.ts';
import { turns } from './turns.ts';
import type { FileReference, WidgetConfig } from './wire.ts';

export interface ChatPorts {
  session: VisitorSession;
  kept: Kept;
  api: Api;
  config: WidgetConfig;
  context: () => { page_url: string };
  newId: () => string;
  now: () => number;
  random: () => number;
  visible: () => boolean;
  setTimer: (call: () => void, ms: number) => unknown;
  clearTimer: (timer: unknown) => void;
  /** Runs one at a time among all pages of this visitor. */
  alone: (work: () => Promise<void>) => Promise<void>;
}

/** The conversation as it is known here, and what can be done in it. */
export function createChat(ports: ChatPorts) {
  const { session, kept } = ports;
  let state: State = {
    ...emptyState,
    outbox: kept.get<Outgoing[]>('outbox') ?? [],
    ratings: kept.get<Record<string, Rating>>('ratings') ?? {},
  };
  const watchers = new Set<(state: State) => void>();
  const dispatch = (action: Action): State => {
    const before = state;
    state = reduce(state, action);
    if (state === before) return state;
    if (state.read !== before.read) kept.set('read', state.read);
    if (state.ratings !== before.ratings) kept.set('ratings', state.ratings);
    if (state.answer?.last !== before.answer?.last) {
      const { answer } = state;
      kept.set('turn', answer && { turn_id: answer.turn_id, last: answer.last });
    }
    for (const watcher of watchers) watcher(state);
    return state;
  };
  const core: Core = { ports, state: () => state, dispatch, attempt };

  let failures = 0;
  let timer: unknown;
  /** Does what needs the network; where that fails for now, says so and comes back later. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      failures = 0;
      dispatch({ type: 'online', online: true });
      return true;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.status === 0) dispatch({ type: 'online', online: false });
      if (!error.passing) return false;
      failures += 1;
      const wait = Math.min(30_000, 500 * 2 ** failures) * (0.75 + ports.random() / 2);
      schedule(Math.max(wait, error.retryAfter ?? 0));
      return false;
    }
  }

  const log = logReader(core);
  const answers = turns(core, log);
  const outbox = sender(core, log, answers);

  /** How often nothing was found since anything has happened here. */
  let looks = 0;
  function schedule(ms?: number): void {
    ports.clearTimer(timer);
    const wait = ms ?? pollAfter(state, ports.visible(), looks);
    if (wait !== undefined) timer = ports.setTimer(() => void wake(), wait);
  }

  let waking: Promise<void> | undefined;
  /** Brings all up to date: what was written here goes out, what was written elsewhere comes in. */
  function wake(): Promise<void> {
    waking ??= round().finally(() => {
      waking = undefined;
    });
    return waking;
  }
  async function round(): Promise<void> {
    ports.clearTimer(timer);
    const { seen, answer } = state;
    const worked = await attempt(async () => {
      if (session.current()) await log.sync();
      await outbox.pump();
      if (session.current() && awaitsAnswer(state)) answers.follow();
    });
    looks = state.seen === seen && state.answer?.last === answer?.last ? looks + 1 : 0;
    if (worked && (session.current() || state.outbox.length > 0)) schedule();
  }

  return {
    state: () => state,
    watch(watcher: (state: State) => void) {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    wake(): Promise<void> {
      looks = 0;
      return wake();
    },
    begin: (last: number) => log.begin(last),
    earlier: () => attempt(log.earlier),
    write: (text: string, files: FileReference[]) => {
      outbox.write(text, files);
      return wake();
    },
    again: (clientId: string) => {
      outbox.again(clientId);
      return wake();
    },
    discard: outbox.discard,
    outboxChanged: outbox.reload,
    shown: (shown: boolean) => dispatch({ type: 'shown', shown }),
    dismiss: () => dispatch({ type: 'notice', notice: undefined }),
    stop: () => attempt(answers.stop),
    async handover(): Promise<void> {
      await ask('handover', {});
      await wake();
    },
    async rate(message_id: string, rating: Rating, comment?: string): Promise<boolean> {
      const done = await ask('feedback', { message_id, rating, ...(comment && { comment }) });
      if (done) dispatch({ type: 'rated', message_id, rating });
      return done;
    },
    reset() {
      answers.leave();
      dispatch({ type: 'outbox', outbox: kept.get<Outgoing[]>('outbox') ?? [] });
      dispatch({ type: 'began', base: 0, read: 0 });
    },
  };

  async function ask(what: string, body: object): Promise<boolean> {
    const done = await attempt(() =>
      session.call((id) => `/conversations/${id}/${what}`, { method: 'POST', body }),
    );
    if (!done) dispatch({ type: 'notice', notice: 'not_done' });
    return done;
  }
}
export type Chat = ReturnType<typeof createChat>;

export interface Core {
  ports: ChatPorts;
  state: () => State;
  dispatch: (action: Action) => State;
  attempt: (work: () => Promise<unknown>) => Promise<boolean>;
}
