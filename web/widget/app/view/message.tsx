import { markdown } from '../markdown.ts';
import type { Outgoing, State } from '../state.ts';
import { fill } from '../texts.ts';
import type { Message } from '../wire.ts';
import type { ChatViewProps } from './chat-view.tsx';
import { Feedback } from './feedback.tsx';
import { Files } from './files.tsx';

type MessageProps = ChatViewProps & { state: State; message: Message };

export function MessageView(props: MessageProps) {
  const { message, texts, config } = props;
  const { role, text, event, author, files, created_at, message_id } = message;
  if (role === 'system') {
    // The company's own text says it, in the next message.
    if (event === 'person_requested') return null;
    const line = event && fill(texts[event], { name: author.name ?? texts.a_person });
    return <p class="system">{line ?? text}</p>;
  }
  const mine = role === 'user';
  const name = mine ? texts.you : role === 'person' ? (author.name ?? texts.team) : config.name;
  const time = new Date(created_at).toLocaleTimeString(config.language, {
    hour: 'numeric',
    minute: '2-digit',
  });
  return (
    <article class={`message ${mine ? 'mine' : 'theirs'}`}>
      <p class={mine ? 'hidden' : 'who'}>{name}</p>
      {text && (
        <div class="bubble" dir="auto">
          {mine ? <p class="plain">{text}</p> : <div class="text">{markdown(text)}</div>}
        </div>
      )}
      <Files {...props} files={files} />
      <div class="below">
        <time dateTime={created_at}>{time}</time>
        {role === 'assistant' && message.turn_id && <Feedback key={message_id} {...props} />}
      </div>
    </article>
  );
}

export function OutgoingView({
  outgoing,
  texts,
  chat,
  state,
}: ChatViewProps & { state: State; outgoing: Outgoing }) {
  const { text, problem, client_id, files } = outgoing;
  const standing = state.online ? texts.sending : texts.waiting;
  return (
    <article class={`message mine pending ${problem === undefined ? '' : 'refused'}`}>
      <p class="hidden">{texts.you}</p>
      {text && (
        <div class="bubble" dir="auto">
          <p class="plain">{text}</p>
        </div>
      )}
      {files.map(({ filename, file_id }) => (
        <p class="file" key={file_id}>
          {filename}
        </p>
      ))}
      {problem === undefined ? (
        <p class="below">{standing}</p>
      ) : (
        <p class="below" role="alert">
          {texts.refused}: {problem}{' '}
          <button type="button" class="plain-button" onClick={() => void chat.again(client_id)}>
            {texts.again}
          </button>{' '}
          <button type="button" class="plain-button" onClick={() => chat.discard(client_id)}>
            {texts.discard}
          </button>
        </p>
      )}
    </article>
  );
}
