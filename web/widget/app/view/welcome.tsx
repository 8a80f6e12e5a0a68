import { useEffect, useState } from 'preact/hooks';
import { markdown } from '../markdown.ts';
import type { Faq } from '../wire.ts';
import type { ChatViewProps } from './chat-view.tsx';

/** What is seen before anything is written: a word of welcome, starters, and what is asked often. */
export function Welcome({ chat, config, texts, faq }: ChatViewProps) {
  const [items, setItems] = useState<Faq[]>([]);
  useEffect(() => {
    let gone = false;
    faq().then(
      (found) => {
        if (!gone) setItems(found);
      },
      // Without the list the chat is as good.
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, []);
  return (
    <div class="welcome">
      <p class="hello">{texts.greeting}</p>
      {config.starters?.map(({ text }) => (
        <button
          type="button"
          class="starter"
          key={text}
          dir="auto"
          onClick={() => void chat.write(text, [])}
        >
          {text}
        </button>
      ))}
      {items.length > 0 && <h2>{texts.faq}</h2>}
      {items.map(({ question, answer }) => (
        <details key={question} dir="auto">
          <summary>{question}</summary>
          <div class="text">{markdown(answer)}</div>
        </details>
      ))}
    </div>
  );
}
