import { describe, expect, it } from 'vitest';
import { quoteLine } from '../../../lambdas/whatsapp-replies/work/answer-group.ts';
import { anInbound, aQueuedMessage } from '../../support/reply-builders.ts';
import { aWorld } from '../../support/reply-world.ts';

/** The n-th message, which replies to the one with that SID. */
const replying = (n: number, quoted_sid: string, fields = {}) => {
  const message = aQueuedMessage(n);
  return { ...message, inbound: { ...message.inbound, quoted_sid, ...fields } };
};

const asked = ({ assistant }: ReturnType<typeof aWorld>) => assistant.runs.at(-1)?.texts;

describe('a message that replies to an earlier one', () => {
  it('is read with our own words, which the customer points at', async () => {
    const world = aWorld();
    await world.answers([aQueuedMessage(1)]);

    await world.answers([replying(2, 'SMout1')]);

    expect(asked(world)).toEqual([
      '[Replies to your earlier message: "Answer 1 to: Question 1?"]\nQuestion 2?',
    ]);
    expect(world.store.summary()?.last_user_message).toContain('Answer 1 to');
  });

  it('is read with the customer’s own words, answered before or waiting beside it', async () => {
    const world = aWorld();
    await world.answers([aQueuedMessage(1)]);
    await world.answers([replying(2, 'SM1')]);
    const before = asked(world);

    await world.answers([aQueuedMessage(3), replying(4, 'SM3')]);

    expect(before).toEqual(['[Replies to their own earlier message: "Question 1?"]\nQuestion 2?']);
    expect(asked(world)).toEqual([
      'Question 3?',
      '[Replies to their own earlier message: "Question 3?"]\nQuestion 4?',
    ]);
  });

  it('is read as a reply also where the earlier one is not known', async () => {
    const world = aWorld();

    await world.answers([replying(1, 'SMtemplate')]);

    expect(asked(world)).toEqual(['[Replies to an earlier message]\nQuestion 1?']);
  });

  it('quotes no quotes, and of a long message its beginning', async () => {
    const world = aWorld();
    const long = anInbound({ message_sid: 'SM1', text: `${'long "words" '.repeat(300)}` });
    await world.answers([{ ...aQueuedMessage(1), inbound: long }]);
    await world.answers([replying(2, 'SM1')]);

    await world.answers([replying(3, 'SM2')]);

    const [text = ''] = asked(world) ?? [];
    expect(text).toBe('[Replies to their own earlier message: "Question 2?"]\nQuestion 3?');
    expect(world.assistant.runs[1]?.texts[0]?.length).toBeLessThan(900);
  });

  it('quotes no reasoning that was kept of an older reply', () => {
    const quoted = (content: string) => quoteLine({ role: 'assistant', content });

    expect(quoted('<think>We look.</think>Yes.')).toBe('[Replies to your earlier message: "Yes."]');
    expect(quoted('<think>We look')).toBe('[Replies to an earlier message]');
  });

  it('adds nothing to what cannot be read', async () => {
    const world = aWorld();

    await world.answers([replying(1, 'SMx', { text: '', unreadable: ['voice messages'] })]);

    expect(world.assistant.runs).toEqual([]);
    expect(world.messenger.bodies).toEqual([expect.stringContaining('voice messages')]);
  });
});
