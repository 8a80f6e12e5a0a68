import { randomUUID } from 'node:crypto';
import { apiClient, type Fetch } from '../../web/widget/app/api.ts';
import { createChat } from '../../web/widget/app/chat.ts';
import { visitorSession } from '../../web/widget/app/session.ts';
import { keep } from '../../web/widget/app/storage.ts';
import type { Resumed } from '../../web/widget/app/wire.ts';
import type { MockApi } from './mock-api.ts';

/** Waits are that much shorter than in a browser. */
const faster = 100;

/** What a browser keeps of a site. */
export function aStorage(): Storage {
  const values = new Map<string, string>();
  return {
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => void values.set(name, value),
    removeItem: (name: string) => void values.delete(name),
  } as unknown as Storage;
}

/** The chat as it is in a page, without the page; `leave` ends it as a closed window does. */
export async function aPage(api: MockApi, storage: Storage, fetch: Fetch = globalThis.fetch) {
  let left = false;
  const timers = new Set<NodeJS.Timeout>();
  const waits: number[] = [];
  const whileThere: Fetch = async (...call) => {
    if (left) throw new TypeError('The page is closed.');
    return fetch(...call);
  };
  const kept = keep(storage, 'replies:');
  const client = apiClient(whileThere, api.url);
  const context = () => ({ page_url: `${api.pageUrl}/shop` });
  const session = visitorSession({
    api: client,
    kept,
    clientId: api.clientId,
    language: 'en',
    context,
    newId: randomUUID,
    now: Date.now,
  });
  const chat = createChat({
    session,
    kept,
    api: client,
    config: api.config(),
    context,
    newId: randomUUID,
    now: Date.now,
    random: () => 0.5,
    visible: () => !left,
    setTimer(call, ms) {
      waits.push(ms);
      const timer = setTimeout(() => {
        timers.delete(timer);
        if (!left) call();
      }, ms / faster);
      timers.add(timer);
      return timer;
    },
    clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
    alone: (work) => work(),
  });
  const resumed: Resumed | undefined = await session.resume().catch(() => undefined);
  if (resumed) chat.begin(resumed.last_sequence);
  return {
    chat,
    session,
    storage,
    /** For how long it has waited, each by each. */
    waits,
    log: () => chat.state().messages.map(({ text }) => text),
    leave() {
      left = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

/** A fetch whose streams break off after that many bytes, one after the other; after the last they are whole. */
export function cutting(lengths: readonly number[]): Fetch {
  const left = [...lengths];
  return async (...call) => {
    const response = await fetch(...call);
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    const length = isStream ? left.shift() : undefined;
    if (length === undefined || !response.body) return response;
    let seen = 0;
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const part = chunk.slice(0, Math.max(0, length - seen));
        seen += chunk.length;
        if (part.length > 0) controller.enqueue(part);
        if (seen >= length) controller.error(new TypeError('The connection is gone.'));
      },
    });
    return new Response(response.body.pipeThrough(cut), response);
  };
}
