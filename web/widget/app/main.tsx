import './widget.css';
import { render } from 'preact';
import type { PageFacts, ToApp } from '../protocol.ts';
import { apiClient, Failure } from './api.ts';
import { type Chat, createChat } from './chat.ts';
import { contrast, inkOn, readableOn, rgbOf } from './colour.ts';
import { hostPage, isAllowed } from './host.ts';
import { type VisitorSession, visitorSession } from './session.ts';
import { chime } from './sound.ts';
import { type State, unreadOf } from './state.ts';
import { keep } from './storage.ts';
import { directionOf, type Texts, textsOf } from './texts.ts';
import { ChatView } from './view/chat-view.tsx';
import { Plain } from './view/plain.tsx';
import type { Resumed, WidgetConfig } from './wire.ts';

const parameters = new URLSearchParams(location.search);
const clientId = parameters.get('client_id') ?? '';
const root = document.documentElement;
const defaultColour = '#2457d6';
let page: PageFacts = { url: '', title: '', theme: 'light', full: false };
let open = false;
let paint = () => {};
let draw = () => {};
let chat: Chat | undefined;
let session: VisitorSession;

const host = hostPage(take, (origin, first) => {
  takePage(first);
  start(origin).catch((error) => {
    console.error('RepliesChat:', error);
  });
});

function takePage(message: ToApp): void {
  if ('page' in message) page = message.page;
  root.dataset['theme'] = page.theme;
  paint();
  draw();
}

function take(message: ToApp): void {
  if (message.type === 'page') takePage(message);
  if (message.type === 'shown') {
    open = message.open;
    showing();
    draw();
    if (open) void chat?.wake();
  }
  if (message.type === 'identify' && session.identify(message.identity)) {
    chat?.reset();
    void begin();
  }
}

const showing = () => chat?.shown(open && document.visibilityState === 'visible');

/** What the page says of itself: as much of its address as the API takes. */
function context(): { page_url: string } {
  const { origin, pathname, search } = new URL(page.url);
  const whole = origin + pathname + search;
  return { page_url: whole.length > 2_000 ? origin : whole };
}

/** Shows the chat, if the page's origin may show it. */
async function start(origin: string): Promise<void> {
  const kept = keep(storageOf(), `replies:${clientId}:`);
  const api = apiClient(fetch.bind(globalThis), await apiUrl());
  const newId = () => crypto.randomUUID();
  session = visitorSession({
    api,
    kept,
    clientId,
    language: wantedLanguage(),
    context,
    newId,
    now: Date.now,
  });
  const found = await untilThere(async () => {
    const resumed = await session.resume();
    return { resumed, config: resumed?.config ?? (await session.config()) };
  });
  if (!found) return;
  const { config, resumed } = found;
  if (!isAllowed(origin, config.allowed_origins)) {
    return refuse(`${origin} is not among the allowed_origins of this company.`);
  }
  const texts = await textsOf(config);
  root.lang = config.language;
  root.dir = directionOf(config.language);
  document.title = texts.title;
  const conversation = createChat({
    session,
    kept,
    api,
    config,
    context,
    newId,
    now: Date.now,
    random: Math.random,
    visible: () => document.visibilityState === 'visible',
    setTimer: (call, ms) => setTimeout(call, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
    alone: async (work) =>
      navigator.locks ? navigator.locks.request(`${kept.prefix}outbox`, work) : work(),
  });
  chat = conversation;
  tellPage(chat, config, texts);
  ring(chat, () => kept.get<boolean>('sound') ?? false);
  draw = () =>
    render(
      <ChatView
        chat={conversation}
        session={session}
        config={config}
        texts={texts}
        faq={() =>
          api.call(`/visitor/v1/webchat/faq?language=${config.language}`, { credential: clientId })
        }
        full={page.full}
        open={open}
        kept={kept}
        close={() => host.tell({ replies: 1, type: 'close' })}
      />,
      document.body,
    );
  draw();
  host.accept();
  awake(chat, kept.prefix);
  await begin(resumed);
}

/** Says on the page why there is no chat, for its developer; customers see none. */
function refuse(why: string): void {
  render(<Plain text={why} />, document.body);
  host.tell({ replies: 1, type: 'refused', why });
}

/** As the page's script tag or the browser says, where it is written as the API takes it. */
const wantedLanguage = (): string | undefined =>
  [parameters.get('language'), navigator.language].find((one): one is string =>
    /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(one ?? ''),
  );

/** The API is where `config.json` says, else where the page's script tag says, else where this page is from. */
async function apiUrl(): Promise<string> {
  const told = await fetch('config.json')
    .then((response) => (response.ok ? response.json() : undefined))
    .catch(() => undefined);
  return told?.api_url ?? parameters.get('api') ?? location.origin;
}

/** Tries until there is an answer; undefined where the API refuses. */
async function untilThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  for (let wait = 1_000; ; wait = Math.min(30_000, wait * 2)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!error.passing) {
        refuse(error.message);
        return undefined;
      }
      render(<Plain text="…" />, document.body);
      await new Promise((done) => {
        setTimeout(done, error.retryAfter ?? wait);
        addEventListener('online', done, { once: true });
      });
    }
  }
}

async function begin(known?: Resumed): Promise<void> {
  const resumed = known ?? (await session.resume().catch(() => undefined));
  if (resumed) chat?.begin(resumed.last_sequence);
  showing();
  await chat?.wake();
}

/** What the page's button shows. */
function tellPage(chat: Chat, { colors }: WidgetConfig, texts: Texts): void {
  const color = colors['accent'] ?? defaultColour;
  const own = colors['on_accent'] ?? '';
  const ink = rgbOf(own) && contrast(color, own) >= 4.5 ? own : inkOn(color);
  paint = () => {
    const background = page.theme === 'dark' ? '#262a32' : '#f1f3f6';
    const set = (name: string, value: string) => root.style.setProperty(name, value);
    set('--color', color);
    set('--ink', ink);
    set('--link', readableOn(color, background));
  };
  paint();
  const { open, close } = texts;
  host.tell({ replies: 1, type: 'look', color, ink, open, close });
  let told = '';
  const state = (now: State) => {
    const message = {
      replies: 1,
      type: 'state',
      unread: unreadOf(now),
      begun: session.current() !== undefined,
    } as const;
    if (JSON.stringify(message) !== told) host.tell(message);
    told = JSON.stringify(message);
  };
  chat.watch(state);
  state(chat.state());
}

/** A sound for what comes while the chat is not looked at. */
function ring(chat: Chat, on: () => boolean): void {
  let unread = 0;
  chat.watch((state) => {
    const now = unreadOf(state);
    if (now > unread && on()) chime();
    unread = now;
  });
}

/** Whenever the browser may have slept: what was missed is fetched. */
function awake(chat: Chat, prefix: string): void {
  const wake = () => {
    showing();
    if (document.visibilityState === 'visible') void chat.wake();
  };
  document.addEventListener('visibilitychange', wake);
  addEventListener('pageshow', wake);
  addEventListener('online', wake);
  addEventListener('offline', wake);
  addEventListener('storage', ({ key }) => {
    if (key === `${prefix}outbox`) chat.outboxChanged();
    if (key === `${prefix}session` && session.adopt()) {
      chat.reset();
      void begin();
    }
  });
}

function storageOf(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
