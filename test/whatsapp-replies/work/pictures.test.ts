import { describe, expect, it } from 'vitest';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import { limits } from '../../../lambdas/whatsapp-replies/limits.ts';
import type { Inbound } from '../../../lambdas/whatsapp-replies/work/inbound.ts';
import type { NoPicture } from '../../../lambdas/whatsapp-replies/work/ports.ts';
import { byteRoom } from '../../../lambdas/whatsapp-replies/work/steps/pictures.ts';
import { TestProcess } from '../../support/crash.ts';
import { aQueuedMessage } from '../../support/reply-builders.ts';
import { deliverAll } from '../../support/reply-fifo.ts';
import { aWorld, type World, type WorldOptions } from '../../support/reply-world.ts';

const linkOf = (n: number) => ({ url: `https://api.twilio.com/${n}`, content_type: 'image/jpeg' });
const aMegabyte = 1024 * 1024;

/** A message of this very moment with so many pictures. */
const withPictures = (world: World, count: number, inbound: Partial<Inbound> = {}) =>
  aQueuedMessage(1, {
    received_at: new Date(world.clock.now()).toISOString(),
    images: Array.from({ length: count }, (_, index) => linkOf(index)),
    ...inbound,
  });

/** What becomes of each picture, in order. */
function withMedia(media: (Uint8Array | (() => NoPicture))[], options: WorldOptions = {}): World {
  const world = aWorld(options);
  for (const [index, one] of media.entries()) world.messenger.pictures.set(linkOf(index).url, one);
  return world;
}

const outage = () => {
  throw retryLater('twilio_media', 'Twilio answered 500 for a picture.');
};
const gone = (): NoPicture => 'missing';
const bytes = Uint8Array.of(1, 2, 3);

describe('a picture that comes a moment late', () => {
  it.each(['threads', 'responses'] as const)('is read once it is there (%s)', async (assistant) => {
    const world = withMedia([], { assistant });
    const message = withPictures(world, 1);

    const soon = await world.answers([message]);
    const { attempts } = world.store.turn('SM1') ?? {};
    world.clock.pass(2_000);
    world.messenger.pictures.set(linkOf(0).url, bytes);
    await deliverAll(world, [message]);

    expect(soon).toMatchObject({ unfinished: { afterSeconds: 2 }, dead: [] });
    expect(attempts).toBe(0);
    expect(world.assistant.runs).toMatchObject([{ texts: ['Question 1?'], imageCount: 1 }]);
    expect(world.messenger.bodies).toEqual(['Answer 1 to: Question 1?']);
  });

  it('is waited for no longer than its message is young', async () => {
    const world = withMedia([bytes, gone]);
    const message = withPictures(world, 2);
    const begun = world.clock.now();

    await deliverAll(world, [message]);

    expect(world.assistant.runs[0]?.startedAt).toBe(begun + 30_000);
    expect(world.assistant.runs).toMatchObject([{ imageCount: 1 }]);
    expect(world.messenger.bodies[0]).toContain('pictures that did not arrive');
  });

  it.each<NoPicture>(['not at Twilio', 'not a picture', 'too large'])(
    'is not waited for when it is %s',
    async (why) => {
      const world = withMedia([() => why]);

      const result = await world.answers([withPictures(world, 1)]);

      expect(result).toEqual({ dead: [] });
      expect(world.messenger.fetches).toHaveLength(1);
      expect(world.messenger.bodies).toHaveLength(1);
    },
  );
});

describe('a picture that Twilio cannot give now', () => {
  it('has its question wait as long as any outage, and is read once it can be had', async () => {
    const world = withMedia([outage]);
    const message = withPictures(world, 1);

    for (let n = 1; n < limits.outageAttempts; n += 1) {
      expect(await world.answers([message])).toMatchObject({ dead: [] });
    }
    const { attempts } = world.store.turn('SM1') ?? {};
    world.messenger.pictures.set(linkOf(0).url, bytes);
    const dead = await deliverAll(world, [message]);

    expect([attempts, dead]).toEqual([0, []]);
    expect(world.assistant.runs).toMatchObject([{ imageCount: 1 }]);
    expect(world.meter.counts).toMatchObject({ TwilioFailed: limits.outageAttempts - 1 });
  });

  it('does not take its question with it when it never comes', async () => {
    const world = withMedia([outage, bytes]);

    const dead = await deliverAll(world, [withPictures(world, 2)]);

    const told = 'Question 1?\n[Could not be read: pictures that did not arrive]';
    expect(dead).toEqual([]);
    expect(world.assistant.runs).toMatchObject([{ texts: [told], imageCount: 1 }]);
    expect(world.messenger.bodies).toHaveLength(1);
    expect(world.messenger.bodies[0]).toContain('pictures that did not arrive');
  });

  it('is answered by a notice when there is no question', async () => {
    const world = withMedia([outage]);

    const dead = await deliverAll(world, [withPictures(world, 1, { text: '' })]);

    expect(dead).toEqual([]);
    expect(world.assistant.runs).toEqual([]);
    expect(world.messenger.bodies).toEqual([
      "Sorry, I can't read pictures that did not arrive here. Please write it as text, or send a picture.",
    ]);
  });

  it('leaves one reply from one run, wherever the process dies', async () => {
    for (let call = 1; call <= 40; call += 1) {
      const world = withMedia([outage], { assistant: 'responses' });
      const message = withPictures(world, 1);
      for (let n = 1; n < limits.outageAttempts; n += 1) await world.answers([message]);

      const process = new TestProcess([{ call, effect: 'after' }]);
      await deliverAll(world, [message], [{ process }]);

      expect(world.assistant.runs, `after a crash at call ${call}`).toHaveLength(1);
      expect(world.messenger.sent, `after a crash at call ${call}`).toHaveLength(1);
    }
  });
});

describe('the pictures of a turn', () => {
  it('are as many as one request takes; the others are named', async () => {
    const world = withMedia(Array.from({ length: 10 }, () => new Uint8Array(5 * aMegabyte)));

    await world.answers([withPictures(world, 10)]);

    expect(world.assistant.runs).toMatchObject([{ imageCount: 7 }]);
    expect(world.messenger.bodies[0]).toContain('so many large pictures at once');
  });

  it('wait while other conversations of the batch fill the memory', async () => {
    const pictureRoom = byteRoom(10 * aMegabyte);
    const world = withMedia([new Uint8Array(5 * aMegabyte)], { ports: { pictureRoom } });
    const others = pictureRoom.hold();
    others.take(6 * aMegabyte);
    const message = withPictures(world, 1);

    const result = await world.answers([message]);
    const { attempts } = world.store.turn('SM1') ?? {};
    others.release();
    await deliverAll(world, [message]);

    expect(result).toMatchObject({ unfinished: { afterSeconds: 4 }, dead: [] });
    expect(attempts).toBe(0);
    expect(world.assistant.runs).toMatchObject([{ imageCount: 1 }]);
  });

  it.each([
    ['the run has begun', bytes],
    ['Twilio gives none', outage],
    ['they are waited for', gone],
  ])('leave the memory when %s', async (_when, media) => {
    const pictureRoom = byteRoom(aMegabyte);
    const world = withMedia([media, bytes], { ports: { pictureRoom } });

    await world.answers([withPictures(world, 2)]);

    expect(pictureRoom.hold().take(aMegabyte)).toBe(true);
  });

  it('are given up for this time, and not permanently, when they take too long', async () => {
    const world = withMedia([]);
    const slow = () => {
      world.clock.pass(30_000);
      return 'too large' as const;
    };
    for (let n = 0; n < 10; n += 1) world.messenger.pictures.set(linkOf(n).url, slow);

    const result = await world.answers([withPictures(world, 10)]);

    expect(result).toMatchObject({ unfinished: { messages: [{}] }, dead: [] });
    expect(world.store.turn('SM1')).toMatchObject({ outages: 1, attempts: 0 });
  });
});
