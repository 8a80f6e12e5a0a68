import { describe, expect, it } from 'vitest';
import { isSound } from './browser.ts';
import { aShop } from './shop.ts';
import { logOf, openChat, seesInLog, write } from './visits.ts';

const pieces = Array.from({ length: 20 }, (_, index) => `word${index} `);
const answer = pieces.join('').trim();
const shop = aShop({ answer: () => pieces, pieceMs: 60 });
const written = () =>
  shop.conversation().messages.flatMap(({ role, text }) => (role === 'user' ? text : []));

describe('a connection that fails', () => {
  it('while an answer is written and the page is loaded anew: nothing is missed, nothing is there twice', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Where is my parcel?');
    await visit.chat.locator('[aria-live=off] .text').waitFor();
    await visit.page.reload();
    await openChat(visit);
    await visit.chat.locator('[aria-live=off] .text').waitFor();

    await seesInLog(visit, ['Where is my parcel?', answer]);
    expect(written()).toEqual(['Where is my parcel?']);
  });

  it('after the answer was written: it is there when the page is loaded anew', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Where is my parcel?');
    await seesInLog(visit, ['Where is my parcel?', answer]);
    await visit.page.reload();
    await openChat(visit);

    await seesInLog(visit, ['Where is my parcel?', answer]);
  });

  it('for 60 seconds loses nothing: what was written there is sent once, what was written elsewhere comes', async () => {
    const visit = await shop.visit();
    await visit.context.clock.install();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    await visit.context.setOffline(true);
    await write(visit, 'First');
    await write(visit, 'Second');
    await visit.chat.getByText('No connection').waitFor();
    await isSound(visit.page, 'offline');
    shop.api().takeover(shop.conversation(), 'Ada');
    shop.api().say(shop.conversation(), 'Meanwhile', 'Ada');
    // The page's clock is put forward; the minute is no wait of this test.
    await visit.context.clock.fastForward(60_000);
    expect(written()).toEqual(['Hello']);
    await visit.context.setOffline(false);

    await seesInLog(visit, ['Hello', answer, 'Meanwhile', 'First', 'Second']);
    expect(written()).toEqual(['Hello', 'First', 'Second']);
    await expect.poll(() => visit.chat.getByText('No connection').count()).toBe(0);
  });

  it('while the page is closed: what was written is sent by the next page, once', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    shop.api().faults.failing = 1_000;
    await write(visit, 'Is anybody there?');
    await visit.chat.getByText('Sending').waitFor();
    shop.api().faults.failing = 0;
    await visit.page.reload();
    await openChat(visit);

    await seesInLog(visit, ['Hello', answer, 'Is anybody there?', answer]);
    expect(written()).toEqual(['Hello', 'Is anybody there?']);
  });

  it('after each third event: the answer is read to its end', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    shop.api().faults.cutAfter = 3;
    await write(visit, 'Where is my parcel?');

    await seesInLog(visit, ['Where is my parcel?', answer]);
    expect(shop.api().requests.filter((one) => one.endsWith('/stream')).length).toBeGreaterThan(3);
  });

  it('by answers that are lost: each message is there once', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    shop.api().faults.losing = 2;
    await write(visit, 'Only once');

    await seesInLog(visit, ['Only once', answer]);
    expect(written()).toEqual(['Only once']);
    expect(
      [...shop.api().conversations.values()].filter(({ messages }) => messages.length > 0),
    ).toContain(shop.conversation());
  });

  it('by a token that has ended: it is renewed, and the conversation goes on', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    shop.api().faults.expired.add(shop.conversation().token);
    await write(visit, 'And now?');

    await seesInLog(visit, ['Hello', answer, 'And now?', answer]);
  });

  it('by a conversation that is gone: a new one begins with what is written then', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    const { conversation_id, token } = shop.conversation();
    shop.api().conversations.delete(conversation_id);
    shop.api().faults.expired.add(token);
    await write(visit, 'And now?');

    await seesInLog(visit, ['And now?', answer]);
    expect(await logOf(visit)).not.toContain('Hello');
  });
});
