import './widget.css';
import { render } from 'preact';
import type { PageFacts, ToApp } from '../protocol.ts';
import { apiClient, Failure } from './api.ts';
import { type Chat, createChat } from './chat.ts';
import { inkOn, readableOn, rgbOf } from './colour.ts';
import { hostPage, isAllowed } from './host.ts';
import { type VisitorSession, visitorSession } from './session.ts';
import { chime } from './sound.ts';
import { type State, unreadOf } from './state.ts';
import { keep } from './storage.ts';
import { directionOf, languageOf, type Texts, textsIn } from './texts.ts';
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

/** Shows the chat, if the page's origin may show it. */
async function start(origin: string): Promise<void> {
  const local = storageOf();
  const kept = keep(local, `replies:${clientId}:`);
  const api = apiClient(fetch.bind(globalThis), await apiUrl());
  const agent = parameters.get('agent');
  session = visitorSession({
    api,
    kept,
    clientId,
    language: parameters.get('language') ?? navigator.language,
    ...(agent && { agent }),
    pageUrl: () => page.url,
    newId: () => crypto.randomUUID(),
    now: Date.now,
  });
  const found = await untilThere(async () => {
    const resumed = await session.resume();
    return { resumed, config: resumed?.config ?? (await session.config()) };
  });
  if (!found) return;
  const { config, resumed } = found;
  if (!isAllowed(origin, config.allowed_origins)) {
    host.tell({ replies: 1, type: 'refused' });
    return render(<Plain text="This page may not show the chat." />, document.body);
  }
  const language = languageOf(
    [parameters.get('language'), ...navigator.languages],
    Object.entries(config.texts ?? {}).flatMap(([name, one]) =>
      typeof one === 'object' ? name : [],
    ),
  );
  const texts = await textsIn(language, config.texts);
  root.lang = language;
  root.dir = directionOf(language);
  document.title = texts.title;
  chat = createChat({
    session,
    kept,
    api,
    config,
    pageUrl: () => page.url,
    newId: () => crypto.randomUUID(),
    now: Date.now,
    random: Math.random,
    visible: () => document.visibilityState === 'visible',
    setTimer: (call, ms) => setTimeout(call, ms),
    clearTimer: (timer) => clearTimeout(timer as number | undefined),
    alone: async (work) =>
      navigator.locks ? navigator.locks.request(`${kept.prefix}outbox`, work) : work(),
  });
  tellPage(chat, config, texts);
  const sound = {
    on: () => kept.get<boolean>('sound') ?? false,
    set: (on: boolean) => kept.set('sound', on),
  };
  ring(chat, sound.on);
  const conversation = chat;
  draw = () =>
    render(
      <ChatView
        chat={conversation}
        session={session}
        config={config}
        texts={texts}
        language={language}
        faq={() =>
          api.call(`/visitor/v1/webchat/faq?language=${language}`, { credential: clientId })
        }
        full={page.full}
        open={open}
        sound={sound}
        close={() => host.tell({ replies: 1, type: 'close' })}
      />,
      document.body,
    );
  draw();
  host.accept();
  awake(chat, kept.prefix);
  await begin(resumed);
}

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
      const text = error.passing ? 'The chat cannot be reached. It tries again.' : error.message;
      render(<Plain text={text} />, document.body);
      if (!error.passing) return undefined;
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
function tellPage(chat: Chat, { colors, position }: WidgetConfig, texts: Texts): void {
  const color = rgbOf(colors?.primary) ? (colors?.primary ?? defaultColour) : defaultColour;
  paint = () => {
    const background = page.theme === 'dark' ? '#16181d' : '#ffffff';
    const set = (name: string, value: string) => root.style.setProperty(name, value);
    set('--color', color);
    set('--ink', inkOn(color));
    set('--link', readableOn(color, background));
  };
  paint();
  host.tell({
    replies: 1,
    type: 'look',
    color,
    ink: inkOn(color),
    open: texts.open,
    close: texts.close,
    ...(position && { side: position }),
  });
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
    if (key === `${prefix}session`) location.reload();
  });
}

function storageOf(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
