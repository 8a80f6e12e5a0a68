import { useState } from 'preact/hooks';
import type { Rating, State } from '../state.ts';
import type { Message } from '../wire.ts';
import type { ChatViewProps } from './chat-view.tsx';
import { Icon } from './icon.tsx';

/** Thumbs for an answer, and a word on why. */
export function Feedback({
  message,
  state,
  chat,
  texts,
}: ChatViewProps & { state: State; message: Message }) {
  const { message_id } = message;
  const rated = state.ratings[message_id];
  const [asks, setAsks] = useState(false);
  const [thanks, setThanks] = useState(false);
  const [word, setWord] = useState('');
  const rate = async (rating: Rating) => {
    if (!(await chat.rate(message_id, rating))) return;
    setAsks(rating === 'down');
    setThanks(true);
  };
  const tell = async (event: Event) => {
    event.preventDefault();
    if (word.trim() === '' || (await chat.rate(message_id, 'down', word.trim()))) setAsks(false);
  };
  const thumb = (rating: Rating, label: string) => (
    <button
      type="button"
      class="thumb"
      aria-pressed={rated === rating}
      title={label}
      aria-label={label}
      onClick={() => void rate(rating)}
    >
      <Icon name={rating} />
    </button>
  );
  return (
    <>
      {thumb('up', texts.good)}
      {thumb('down', texts.bad)}
      {asks && (
        <form class="why" onSubmit={(event) => void tell(event)}>
          <input
            value={word}
            maxLength={1000}
            placeholder={texts.why}
            aria-label={texts.why}
            onInput={({ currentTarget }) => setWord(currentTarget.value)}
          />
          <button type="submit" class="plain-button">
            {texts.tell}
          </button>
        </form>
      )}
      <span role="status">{thanks && !asks && texts.thanks}</span>
    </>
  );
}
