import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chat } from '../chat.ts';
import { inline } from '../inline.ts';
import type { VisitorSession } from '../session.ts';
import type { Kept } from '../storage.ts';
import type { Texts } from '../texts.ts';
import type { Faq, WidgetConfig } from '../wire.ts';
import { Composer } from './composer.tsx';
import { Icon } from './icon.tsx';
import { Log } from './log.tsx';
import { Welcome } from './welcome.tsx';

export interface ChatViewProps {
  chat: Chat;
  session: VisitorSession;
  config: WidgetConfig;
  texts: Texts;
  faq: () => Promise<Faq[]>;
  /** The chat covers the whole window. */
  full: boolean;
  open: boolean;
  kept: Kept;
  close: () => void;
}

export function ChatView(props: ChatViewProps) {
  const { chat, texts, full, open, close } = props;
  const [state, setState] = useState(chat.state());
  useEffect(() => {
    setState(chat.state());
    const end = chat.watch(setState);
    return () => void end();
  }, [chat]);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) box.current?.querySelector('textarea')?.focus();
  }, [open]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') close();
    // Where nothing else can be seen, the keyboard stays here.
    if (event.key === 'Tab' && full && box.current) holdFocus(event, box.current);
  };
  const empty = state.messages.length === 0 && state.outbox.length === 0;
  const { handling, status, notice } = state;
  return (
    <div
      class="chat"
      role="dialog"
      aria-label={texts.title}
      aria-modal={full ? 'true' : undefined}
      ref={box}
      onKeyDown={onKeyDown}
    >
      <header>
        <div class="titles">
          <h1>{texts.title}</h1>
          {texts.subtitle && <p>{texts.subtitle}</p>}
        </div>
        {!empty && handling === 'automatic' && status === 'active' && (
          <button
            type="button"
            class="tool"
            onClick={() => void chat.handover()}
            title={texts.person}
            aria-label={texts.person}
          >
            <Icon name="person" />
          </button>
        )}
        <Sound {...props} />
        <button
          type="button"
          class="tool"
          onClick={close}
          title={texts.close}
          aria-label={texts.close}
        >
          <Icon name="close" />
        </button>
      </header>
      <div role="status" class="notices">
        {!state.online && <p class="notice">{texts.offline}</p>}
        {notice && (
          <p class="notice">
            {texts[notice]}{' '}
            <button type="button" class="plain-button" onClick={() => chat.dismiss()}>
              {texts.dismiss}
            </button>
          </p>
        )}
      </div>
      <Log {...props} state={state}>
        {empty && <Welcome {...props} />}
      </Log>
      <Composer {...props} state={state} />
      {texts.notice && <footer dir="auto">{inline(texts.notice)}</footer>}
    </div>
  );
}

function Sound({ kept, texts }: ChatViewProps) {
  const [on, setOn] = useState(kept.get<boolean>('sound') ?? false);
  const label = on ? texts.sound_off : texts.sound_on;
  const toggle = () => {
    kept.set('sound', !on);
    setOn(!on);
  };
  return (
    <button
      type="button"
      class="tool"
      aria-pressed={on}
      onClick={toggle}
      title={label}
      aria-label={texts.sound_on}
    >
      <Icon name={on ? 'sound' : 'silent'} />
    </button>
  );
}

function holdFocus(event: KeyboardEvent, box: HTMLElement): void {
  const all = [
    ...box.querySelectorAll<HTMLElement>(
      'button:not(:disabled),a,textarea,input:not([hidden]),summary,[tabindex="0"]',
    ),
  ].filter((one) => one.offsetParent !== null);
  const [first, last] = [all[0], all.at(-1)];
  if (event.shiftKey ? document.activeElement === first : document.activeElement === last) {
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}
