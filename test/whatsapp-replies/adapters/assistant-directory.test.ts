import { describe, expect, it } from 'vitest';
import { assistantDirectory } from '../../../lambdas/whatsapp-replies/adapters/assistant-directory.ts';
import type { Channel } from '../../../lambdas/whatsapp-replies/contract.ts';
import { aChannel } from '../receiving.ts';
import { aTurn } from './a-turn.ts';

const noOpenAi = () => Promise.reject(new Error('Nothing is asked of OpenAI here.'));

const directoryOf = (channel: Channel | undefined, environment: Record<string, string> = {}) =>
  assistantDirectory({ find: async () => channel }, noOpenAi, environment);

const ours = { acme_shop_ASSISTANT_ID: 'asst_ours' };
const anyones = { DEFAULT_ASSISTANT_ID: 'asst_default' };
const responses = { adapter: 'responses', model: 'm', instructions: 'Be kind.' } as const;

describe('the assistant of a turn', () => {
  it.each([
    ['its channel’s own', aChannel({ assistant: responses }), { ...ours, ...anyones }, 'responses'],
    ['its project’s, by the environment', aChannel(), { ...ours, ...anyones }, 'threads'],
    ['its project’s, without a channel', undefined, ours, 'threads'],
    ['the environment’s default', aChannel(), anyones, 'threads'],
    ['the environment’s default, without a channel', undefined, anyones, 'threads'],
    ['the default model, where the channel names none', aChannel(), {}, 'responses'],
    [
      'the default model, where a variable is empty',
      aChannel(),
      { DEFAULT_ASSISTANT_ID: '' },
      'responses',
    ],
  ])('is %s', async (_, channel, environment, name) => {
    const { assistant } = await directoryOf(channel, environment)(aTurn());

    expect(assistant.name).toBe(name);
  });

  it('says what to do where there is none', async () => {
    const choice = directoryOf(undefined)(aTurn());

    await expect(choice).rejects.toMatchObject({
      next: 'alert',
      code: 'assistant_missing',
      message: expect.stringMatching(/acme\/shop.*acme_shop_ASSISTANT_ID or DEFAULT_ASSISTANT_ID/),
    });
  });

  it('is never that of another company’s channel', async () => {
    const theirs = aChannel({ company_id: 'globex', assistant: responses });

    const choice = await directoryOf(theirs, ours)(aTurn());

    expect(choice.assistant.name).toBe('threads');
    await expect(directoryOf(theirs)(aTurn())).rejects.toMatchObject({ next: 'alert' });
  });
});

describe('the texts of a turn', () => {
  it('are those of its channel', async () => {
    const texts = { fallback: 'Pardon?', unreadable: 'No {kinds}.', opted_in: 'Hello again.' };

    const choice = await directoryOf(aChannel({ texts }))(aTurn());

    expect(choice.texts).toEqual(texts);
  });

  it('are the defaults where another company has the number', async () => {
    const texts = { fallback: 'Theirs.', unreadable: 'Theirs.', opted_in: 'Theirs.' };

    const choice = await directoryOf(aChannel({ company_id: 'globex', texts }), ours)(aTurn());

    expect(choice.texts).toEqual(aChannel().texts);
  });
});
