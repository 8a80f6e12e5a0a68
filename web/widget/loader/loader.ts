import type { Identity, PageFacts, Theme, ToApp, ToPage } from '../protocol.ts';
import { styles } from './styles.ts';

type Command = 'open' | 'close' | 'toggle' | 'identify';
type Chat = (command: Command, value?: Identity | null) => void;
declare global {
  interface Window {
    RepliesChat?: Chat & { q?: Parameters<Chat>[] };
  }
}

const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[data-client-id]');

function start(script: HTMLScriptElement): void {
  const { clientId, language, api, theme, color, position } = script.dataset;
  if (!clientId) {
    console.error('RepliesChat: the script tag has no data-client-id, so no chat is shown.');
    return;
  }
  const base = new URL('.', script.src);
  const memory = `replies-chat:${clientId}`;
  const root = document.documentElement;
  const narrow = matchMedia('(max-width: 480px)');
  const dark = matchMedia('(prefers-color-scheme: dark)');

  const host = document.createElement('div');
  host.style.all = 'initial';
  host.dataset['repliesChat'] = '';
  const shadow = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  shadow.adoptedStyleSheets = [sheet];
  const box = document.createElement('div');
  box.className = `box ${position ?? 'end'}`;
  box.dir = getComputedStyle(root).direction;
  const launcher = document.createElement('button');
  launcher.type = 'button';
  launcher.className = 'launcher';
  const badge = document.createElement('span');
  badge.className = 'badge';
  badge.hidden = true;
  badge.ariaHidden = 'true';
  launcher.append(icon());
  box.append(launcher, badge);
  shadow.append(box);

  let frame: HTMLIFrameElement | undefined;
  let greeted = false;
  let open = false;
  let unread = 0;
  let identity: Identity | null | undefined;
  let label = { open: 'Chat', close: 'Chat' };
  const paint = (name: string, value: string) => box.style.setProperty(name, value);
  if (color) paint('--color', color);

  const pageTheme = (): Theme => {
    const named = [theme, root.dataset['theme'], document.body.dataset['theme']].find(
      (one) => one === 'dark' || one === 'light',
    );
    return (named as Theme | undefined) ?? (dark.matches ? 'dark' : 'light');
  };
  const page = (): PageFacts => ({
    url: location.href,
    title: document.title,
    theme: pageTheme(),
    full: narrow.matches,
  });
  const tell = (message: ToApp) => {
    if (greeted) frame?.contentWindow?.postMessage(message, base.origin);
  };
  let refused = false;
  let told = '';
  const tellPage = () => {
    if (refused) return;
    if (!host.isConnected) document.body.append(host);
    const facts = page();
    box.dataset['theme'] = facts.theme;
    const text = JSON.stringify(facts);
    if (text !== told) tell({ replies: 1, type: 'page', page: facts });
    told = text;
  };
  const show = () => {
    launcher.setAttribute('aria-expanded', String(open));
    const count = unread > 0 && !open;
    badge.hidden = !count;
    badge.textContent = unread > 9 ? '9+' : String(unread);
    launcher.setAttribute(
      'aria-label',
      open ? label.close : count ? `${label.open} (${unread})` : label.open,
    );
    box.classList.toggle('open', open);
  };
  const load = () => {
    if (frame) return;
    frame = document.createElement('iframe');
    const url = new URL('index.html', base);
    const parameters = { client_id: clientId, language: language ?? root.lang, api };
    for (const [name, value] of Object.entries(parameters)) {
      if (value) url.searchParams.set(name, value);
    }
    frame.title = label.open;
    frame.addEventListener('load', () => {
      greeted = true;
      tell({ replies: 1, type: 'hello', page: page() });
      if (identity !== undefined) tell({ replies: 1, type: 'identify', identity });
      tell({ replies: 1, type: 'shown', open });
    });
    frame.src = url.href;
    box.prepend(frame);
  };
  const toggle = (to: boolean) => {
    if (to) load();
    if (to === open) return;
    open = to;
    show();
    tellPage();
    tell({ replies: 1, type: 'shown', open });
    if (open) frame?.focus();
    else launcher.focus();
  };

  const chat: Chat = (command, value) => {
    if (command === 'open') toggle(true);
    else if (command === 'close') toggle(false);
    else if (command === 'toggle') toggle(!open);
    else if (command === 'identify') {
      identity = value ?? null;
      tell({ replies: 1, type: 'identify', identity });
    } else console.error(`RepliesChat: there is no command ${String(command)}.`);
  };
  const waiting = window.RepliesChat?.q ?? [];
  window.RepliesChat = chat;

  const take = (message: ToPage) => {
    if (message.type === 'close') toggle(false);
    if (message.type === 'state') {
      unread = message.unread;
      remember(memory, message.begun);
      show();
    }
    if (message.type === 'look') {
      label = message;
      if (frame) frame.title = message.open;
      paint('--color', message.color);
      paint('--ink', message.ink);
      show();
    }
    if (message.type === 'refused') {
      console.error(`RepliesChat: ${message.why}`);
      refused = true;
      host.remove();
    }
  };
  addEventListener('message', ({ origin, source, data }: MessageEvent<ToPage>) => {
    if (frame && source === frame.contentWindow && origin === base.origin && data?.replies === 1) {
      take(data);
    }
  });
  launcher.addEventListener('click', () => toggle(!open));
  box.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') toggle(false);
  });
  const watch = new MutationObserver(tellPage);
  watch.observe(root, { childList: true, attributes: true, attributeFilter: ['data-theme'] });
  watch.observe(document.body, { childList: true, attributeFilter: ['data-theme'] });
  watch.observe(document.head, { childList: true, subtree: true, characterData: true });
  for (const query of [narrow, dark]) query.addEventListener('change', tellPage);
  for (const event of ['popstate', 'hashchange']) addEventListener(event, tellPage);
  const { navigation } = window as { navigation?: EventTarget };
  navigation?.addEventListener('currententrychange', tellPage);

  show();
  tellPage();
  if (remembered(memory)) load();
  for (const command of waiting) chat(...command);
}

/** Whether this browser has a conversation, so that its unread messages are counted before the chat is opened. */
function remembered(name: string): boolean {
  try {
    return localStorage.getItem(name) === '1';
  } catch {
    return false;
  }
}

function remember(name: string, begun: boolean): void {
  try {
    if (begun) localStorage.setItem(name, '1');
    else localStorage.removeItem(name);
  } catch {
    // A browser that keeps nothing counts unread messages only once the chat was opened.
  }
}

function icon(): SVGElement {
  const make = (name: string, attributes: Record<string, string>) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const svg = make('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  svg.append(
    make('path', { class: 'bubble', d: 'M4 4h16v12H9l-5 4z' }),
    make('path', { class: 'cross', d: 'M6 6l12 12M18 6L6 18' }),
  );
  return svg;
}

/** A page that has the script twice shows one chat. */
function begin(): void {
  const there = window.RepliesChat;
  if (script && (!there || there.q)) start(script);
}

if (document.body) begin();
else addEventListener('DOMContentLoaded', begin);
