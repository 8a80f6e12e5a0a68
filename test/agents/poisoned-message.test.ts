import { expect, it } from 'vitest';
import { retryLater } from '../../lambdas/shared/errors.ts';
import { scriptedModel } from './scripted-model.ts';
import { key, turnWorld } from './turn-world.ts';

const fails = { end: { error: retryLater('openai_failed', 'The model fails.') } };

it('leaves out of the last try of a turn what stayed unanswered before: a message that fails each turn blocks no later one', async () => {
  const model = scriptedModel(fails, fails, fails, fails, fails, { words: ['Hello.'] });
  const world = await turnWorld({ model });
  for (const text of ['Poison', 'Hello?']) {
    await world.turns.begin(key, await world.say(text));
    await world.settle();
  }

  const heard = model.asked.map(({ messages }) => messages.map(({ text }) => text));
  expect(heard.slice(3)).toEqual([['Poison', 'Hello?'], ['Poison', 'Hello?'], ['Hello?']]);
  expect(await world.answers()).toEqual(['Hello.']);
});
