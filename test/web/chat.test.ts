import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fetch } from '../../web/widget/app/api.ts';
import { type MockApi, startMockApi } from './mock-api.ts';
import { aPage, aStorage, cutting } from './visitor.ts';

const pieces = ['One ', 'two ', 'three ', 'four ', 'five.'];
const answer = pieces.join('');
let api: MockApi;
const pages: Awaited<ReturnType<typeof aPage>>[] = [];

beforeAll(async () => {
  api = await startMockApi({ answer: () => pieces, pieceMs: 2 });
});
afterEach(() => {
  for (const page of pages.splice(0)) page.leave();
  Object.assign(api.faults, { failing: 0, losing: 0, cutAfter: undefined });
});
afterAll(() => api.close());

async function open(storage = aStorage(), fetch?: Fetch) {
  const page = await aPage(api, storage, fetch);
  pages.push(page);
  return page;
}

/** What the server has of the customer. */
const writtenIn = (storage: Storage): string[] => {
  const { conversation_id } = JSON.parse(storage.getItem('replies:session') ?? '{}');
  const { messages = [] } = api.conversations.get(conversation_id) ?? {};
  return messages.flatMap(({ role, text }) => (role === 'user' ? text : []));
};

describe('the chat', () => {
  it('holds each event of an answer once, at whatever bytes its connections are cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 700 }), { maxLength: 6 }), async (lengths) => {
        const { chat, log, leave } = await open(aStorage(), cutting(lengths));
        const seen: string[] = [];
        chat.watch(({ answer: one }) => one && seen.push(one.text));
        await chat.write('Hello', []);
        await expect.poll(log, { interval: 5 }).toEqual(['Hello', answer]);
        leave();

        // What is shown grows, and is never more than there is.
        expect(seen.every((text) => answer.startsWith(text))).toBe(true);
        expect(seen.every((text, index) => text.length >= (seen[index - 1] ?? '').length)).toBe(
          true,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('sends what was written once, whenever its page is closed, and shows all of it in the next', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 7 }), fc.boolean(), async (requests, takesEffect) => {
        const storage = aStorage();
        let left = requests;
        const first = await open(storage, async (...call) => {
          left -= 1;
          if (left >= 0) return fetch(...call);
          if (left === -1 && takesEffect) await fetch(...call);
          throw new TypeError('The page is closed.');
        });
        void first.chat.write('First', []);
        void first.chat.write('Second', []);
        await expect.poll(() => left < 0 || first.log().length >= 4, { interval: 5 }).toBe(true);
        first.leave();
        const second = await open(storage);
        await second.chat.wake();
        await expect.poll(() => writtenIn(storage), { interval: 5 }).toEqual(['First', 'Second']);
        await expect
          .poll(() => second.log().filter((text) => text !== answer), { interval: 5 })
          .toEqual(['First', 'Second']);
        await expect.poll(() => second.chat.state().outbox, { interval: 5 }).toEqual([]);
        second.leave();
      }),
      { numRuns: 24 },
    );
  });

  it('sends a message once where two windows have it', async () => {
    const storage = aStorage();
    const one = await open(storage);
    await one.chat.write('Hello', []);
    await expect.poll(one.log).toEqual(['Hello', answer]);
    api.faults.failing = 1;
    await one.chat.write('Both', []);
    const other = await open(storage);
    await Promise.all([one.chat.wake(), other.chat.wake()]);
    await expect.poll(() => writtenIn(storage)).toEqual(['Hello', 'Both']);

    await expect.poll(other.log).toEqual(['Hello', answer, 'Both', answer]);
  });

  it('begins one conversation, though the answer to its beginning is lost', async () => {
    const before = api.conversations.size;
    const { chat, log } = await open();
    api.faults.losing = 1;
    await chat.write('Hello', []);
    await expect.poll(log).toEqual(['Hello', answer]);

    expect(api.conversations.size).toBe(before + 1);
  });

  it('shows a visitor who is named his own conversation, whatever he began before', async () => {
    const named = { user_id: 'u-17', user_hash: 'h' };
    const elsewhere = await open();
    elsewhere.session.identify(named);
    await elsewhere.chat.write('On my telephone', []);
    await expect.poll(elsewhere.log).toEqual(['On my telephone', answer]);
    const here = await open();
    await here.chat.write('As nobody', []);
    await expect.poll(here.log).toEqual(['As nobody', answer]);

    here.session.identify(named);
    const found = await here.session.resume();
    const { conversation_id } = elsewhere.session.current() ?? {};
    expect(found?.conversation_id).toBe(conversation_id);
  });

  it('says that there is no connection, and no longer once there is', async () => {
    let broken = true;
    const { chat, log } = await open(aStorage(), async (...call) => {
      if (broken) throw new TypeError('fetch failed');
      return fetch(...call);
    });
    await chat.write('Hello', []);
    expect(chat.state()).toMatchObject({ online: false, outbox: [{ text: 'Hello' }] });
    broken = false;
    await expect.poll(log).toEqual(['Hello', answer]);

    expect(chat.state().online).toBe(true);
  });

  it('keeps a refused message with its reason, sends those behind it, and that one again when told to', async () => {
    const { chat, log } = await open();
    await chat.write('refuse me', []);
    await chat.write('Hello', []);
    await expect.poll(log).toEqual(['Hello', answer]);
    const [refused] = chat.state().outbox;
    expect(refused).toMatchObject({ text: 'refuse me', problem: 'This message is refused' });
    await chat.again(refused?.client_id ?? '');
    expect(chat.state().outbox).toHaveLength(1);
    chat.discard(refused?.client_id ?? '');

    expect(chat.state().outbox).toEqual([]);
  });

  it('reads on by polling where answers are not streamed', async () => {
    const polled = await startMockApi({
      answer: () => pieces,
      pieceMs: 2,
      config: { streaming_url: undefined },
    });
    const page = await aPage(polled, aStorage());
    await page.chat.write('Hello', []);
    await expect.poll(page.log).toEqual(['Hello', answer]);
    page.leave();
    await polled.close();

    expect(polled.requests.filter((one) => one.includes('streaming'))).toEqual([]);
  });

  it('shows a long conversation from its end, and more of it when asked', async () => {
    const storage = aStorage();
    const first = await open(storage);
    await first.chat.write('Hello', []);
    await expect.poll(first.log).toEqual(['Hello', answer]);
    first.leave();
    const conversation = [...api.conversations.values()].at(-1);
    if (!conversation) throw new Error('No conversation has begun.');
    for (let index = 0; index < 118; index += 1) api.say(conversation, `Message ${index}`, 'Ada');
    const { chat, log } = await open(storage);
    await chat.wake();
    expect(log()).toHaveLength(50);
    expect(log().at(-1)).toBe('Message 117');
    await chat.earlier();
    await chat.earlier();

    expect(log()).toHaveLength(120);
    expect(log()[0]).toBe('Hello');
  });
});

describe('a page that is left open', () => {
  it('looks less and less often while nothing comes, and as often as before once something happens', async () => {
    const { chat, waits } = await open();
    await chat.write('Hello', []);
    await chat.handover();
    /** Longer ones are of streams that are watched for silence. */
    const looks = () => waits.filter((ms) => ms >= 3_000 && ms <= 30_000);
    const before = looks().length;

    await expect.poll(() => looks().length - before, { timeout: 5_000 }).toBeGreaterThan(40);
    const [first, later] = [looks().at(before) ?? 0, looks().at(before + 40) ?? 0];
    await chat.wake();

    expect(later).toBeGreaterThan(1.8 * first);
    expect(looks().at(-1)).toBeLessThan(1.1 * first);
  });
});

describe('a visitor who leaves to another one', () => {
  const offline: Fetch = () => Promise.reject(new TypeError('There is no network.'));
  const ann = { user_id: 'ann', user_hash: 'x' };

  it.each([null, { user_id: 'bob', user_hash: 'y' }])(
    'leaves nothing that was not sent yet: it is sent in no conversation of theirs (%#)',
    async (other) => {
      const { chat, session, storage } = await open(aStorage(), offline);
      session.identify(ann);
      await chat.write('Where is my order?', []);

      const isOther = session.identify(other);
      chat.reset();

      expect(isOther).toBe(true);
      expect(chat.state().outbox).toEqual([]);
      expect(storage.getItem('replies:outbox')).toBeNull();
    },
  );

  it('keeps it where the company only says who the visitor is', async () => {
    const { chat, session } = await open(aStorage(), offline);
    await chat.write('Where is my order?', []);

    session.identify(ann);
    chat.reset();

    expect(chat.state().outbox).toMatchObject([{ text: 'Where is my order?' }]);
  });
});
