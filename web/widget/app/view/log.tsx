import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { markdown } from '../markdown.ts';
import { type Answer, awaitsAnswer, type State } from '../state.ts';
import type { ChatViewProps } from './chat-view.tsx';
import { Icon } from './icon.tsx';
import { MessageView, OutgoingView } from './message.tsx';

type LogProps = ChatViewProps & { state: State; children: ComponentChildren };

/** Pixels from the end within which it follows what comes. */
const near = 80;
/** What scrolls is scrolled by keys, too. */
const byKeys = { tabIndex: 0 };

/**
 * The messages. What is finished is in the live region and so is read out once; the answer that is being written is
 * beside it.
 */
export function Log(props: LogProps) {
  const { state, texts, chat, children } = props;
  const scroller = useRef<HTMLElement>(null);
  const [follows, setFollows] = useState(true);
  const toEnd = () => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
  };
  const mine = state.outbox.at(-1)?.client_id;
  useLayoutEffect(() => {
    if (follows) toEnd();
  }, [state.messages, state.answer, state.outbox, props.open]);
  useLayoutEffect(toEnd, [mine]);
  const onScroll = () => {
    const box = scroller.current;
    if (box) setFollows(box.scrollHeight - box.scrollTop - box.clientHeight < near);
  };
  const awaited = awaitsAnswer(state) && state.online;
  return (
    <div class="middle">
      <section
        class="scroller"
        ref={scroller}
        onScroll={onScroll}
        {...byKeys}
        aria-label={texts.messages}
      >
        {children}
        {state.base > 0 && (
          <button type="button" class="earlier" onClick={() => void chat.earlier()}>
            {texts.earlier}
          </button>
        )}
        <div role="log" aria-live="polite" aria-relevant="additions" aria-label={texts.messages}>
          {state.messages.map((message) => (
            <MessageView key={message.sequence} {...props} message={message} />
          ))}
        </div>
        {(state.answer || awaited) && <AnswerView answer={state.answer} {...props} />}
        {state.outbox.map((one) => (
          <OutgoingView key={one.client_id} {...props} outgoing={one} />
        ))}
      </section>
      {!follows && (
        <button
          type="button"
          class="newest"
          onClick={toEnd}
          title={texts.newest}
          aria-label={texts.newest}
        >
          <Icon name="newest" />
        </button>
      )}
    </div>
  );
}

function AnswerView({ answer, texts }: ChatViewProps & { answer: Answer | undefined }) {
  return (
    <article class="message theirs" aria-live="off">
      <p class="hidden" role="status">
        {texts.writing}
      </p>
      <div class="bubble" dir="auto">
        {answer?.text ? (
          <div class="text">{markdown(answer.text)}</div>
        ) : (
          <>
            {answer?.hint && <p class="hint">{answer.hint}</p>}
            <span class="dots" aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
          </>
        )}
      </div>
    </article>
  );
}
