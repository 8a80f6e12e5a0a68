import { describe, expect, it } from 'vitest';
import type { Texts } from '../../web/widget/app/texts.ts';
import { MessageView } from '../../web/widget/app/view/message.tsx';
import type { Message } from '../../web/widget/app/wire.ts';
import en from '../../web/widget/languages/en.json' with { type: 'json' };
import { rendered } from './rendered.ts';

const texts: Texts = { ...en, title: 'Shop' };

const shown = (more: Partial<Message>): string => {
  const message: Message = {
    conversation_id: 'c',
    sequence: 1,
    message_id: 'm1',
    role: 'system',
    text: '',
    files: [],
    author: { id: 'person' },
    created_at: '2026-11-30T00:00:00.000Z',
    ...more,
  };
  const props = { message, texts } as Parameters<typeof MessageView>[0];
  return rendered(MessageView(props));
};

describe('what has become of a conversation', () => {
  it('is said in a line, with the name of the person who has come', () => {
    const author = { id: 'person', name: 'Ada' };

    expect(shown({ event: 'taken_over', author })).toContain('Ada has joined');
    expect(shown({ event: 'closed' })).toContain('<p class="system">');
  });

  it('is not said a second time where the company’s own text says that a person will come', () => {
    expect(shown({ event: 'person_requested' })).toBe('');
  });
});
