import { useRef, useState } from 'preact/hooks';
import type { State } from '../state.ts';
import { fill } from '../texts.ts';
import type { ChatViewProps } from './chat-view.tsx';
import { Icon } from './icon.tsx';
import { useUploads } from './uploads.ts';

export function Composer(props: ChatViewProps & { state: State }) {
  const { chat, texts, state, config } = props;
  const [text, setText] = useState('');
  const { uploads, problem, add, remove, clear } = useUploads(props);
  const input = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const files = uploads.flatMap(({ stored }) => stored ?? []);
  const uploading = uploads.some(({ stored, problem }) => !stored && !problem);
  const over = text.length - config.max_message_chars;
  const ready = (text.trim() !== '' || files.length > 0) && !uploading && over <= 0;

  const send = () => {
    if (!ready) return;
    void chat.write(text.trim(), files);
    setText('');
    clear();
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        add(event.dataTransfer?.files);
      }}
    >
      <div role="status" class="complaints">
        {problem && <p>{problem}</p>}
        {over > 0 && <p>{fill(texts.too_long, { count: over })}</p>}
      </div>
      {uploads.length > 0 && (
        <ul class="uploads">
          {uploads.map(({ id, name, progress, preview, stored }) => (
            <li key={id}>
              {preview ? <img src={preview} alt="" /> : <Icon name="file" />}
              <span>{name}</span>
              {!stored && (
                <progress value={progress} aria-label={fill(texts.uploading, { name })} />
              )}
              <button
                type="button"
                class="tool"
                onClick={() => remove(id)}
                aria-label={fill(texts.remove, { name })}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="row">
        {config.files && (
          <>
            <button
              type="button"
              class="tool"
              onClick={() => picker.current?.click()}
              title={texts.attach}
              aria-label={texts.attach}
            >
              <Icon name="attach" />
            </button>
            <input
              type="file"
              hidden
              multiple
              accept={config.files.mime_types.join(',')}
              ref={picker}
              onChange={({ currentTarget }) => {
                add(currentTarget.files);
                currentTarget.value = '';
              }}
            />
          </>
        )}
        <textarea
          ref={input}
          rows={1}
          dir="auto"
          value={text}
          placeholder={texts.placeholder}
          aria-label={texts.placeholder}
          enterkeyhint="send"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={onKeyDown}
          onPaste={({ clipboardData }) => add(clipboardData?.files)}
        />
        {state.answer && (
          <button
            type="button"
            class="tool"
            onClick={() => void chat.stop()}
            title={texts.stop}
            aria-label={texts.stop}
          >
            <Icon name="stop" />
          </button>
        )}
        <button
          type="submit"
          class="send"
          disabled={!ready}
          title={texts.send}
          aria-label={texts.send}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
