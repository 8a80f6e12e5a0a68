import { describe, expect, it } from 'vitest';
import { aQueuedMessage, texts } from '../../support/reply-builders.ts';
import { aSimulatedWorld } from '../../support/reply-simulated.ts';

const always = 10_000;

/** The vendor refuses the request, and does not say what of it. */
const refuses = (error: object = { message: 'Bad.', param: 'input', code: null }) =>
  ({ kind: 'respond', status: 400, body: { error } }) as const;

const picture = 'https://api.twilio.com/picture';
const images = [{ url: picture, content_type: 'image/jpeg' }];

describe.each([
  ['by no code', refuses()],
  ['by its code', refuses({ message: 'Bad.', code: 'invalid_image_format' })],
])('a picture that the vendor refuses %s', (_how, effect) => {
  const withPicture = (text: string, n = 1) => aQueuedMessage(n, { text, images });
  const notice = texts.unreadable.replace('{kinds}', 'pictures of this kind');

  it('leaves the question beside it to be answered, and is said to be unreadable', async () => {
    const world = await aSimulatedWorld('responses', { pictures: [picture] });
    world.faults.add({
      operation: 'responses.create',
      effect,
      times: always,
      containing: 'data:image',
    });

    const dead = await world.delivers([withPicture('What is this?')]);

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toEqual([
      expect.stringMatching(/“What is this\?[\s\S]*I can.t read pictures of this kind/),
    ]);
  });

  it('gets the notice alone where nothing else was written', async () => {
    const world = await aSimulatedWorld('responses', { pictures: [picture] });
    world.faults.add({
      operation: 'responses.create',
      effect,
      times: always,
      containing: 'data:image',
    });

    const dead = await world.delivers([withPicture('')]);

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toEqual([notice]);
  });

  it.each(['files.create', 'threads.messages.create'])(
    'does so in the Assistants protocol at %s',
    async (operation) => {
      const world = await aSimulatedWorld('threads', { pictures: [picture] });
      const containing = operation === 'files.create' ? '' : 'image_file';
      world.faults.add({ operation, effect, times: always, containing });

      const dead = await world.delivers([withPicture('What is this?')]);

      expect(dead).toEqual([]);
      expect(world.messenger.bodies).toEqual([
        expect.stringMatching(/“What is this\?[\s\S]*I can.t read pictures of this kind/),
      ]);
    },
  );

  it('does no harm to a readable one that comes after it', async () => {
    const world = await aSimulatedWorld('responses', { pictures: [picture] });
    await world.delivers([aQueuedMessage(1)]);
    const containing = world.threadId();
    world.faults.add({ operation: 'responses.create', effect, times: always, containing });

    const dead = await world.delivers([withPicture('And this?', 2)]);

    expect(dead).toEqual([]);
    expect(world.messenger.bodies[1]).toContain('I see 1 image');
  });
});
