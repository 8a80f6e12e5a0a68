import { describe, expect, it } from 'vitest';
import { isSound } from './browser.ts';
import { aShop } from './shop.ts';
import { logOf, openChat, seesInLog, write } from './visits.ts';

const pieces = Array.from({ length: 20 }, (_, index) => `word${index} `);
const answer = pieces.join('').trim();
const shop = aShop({ answer: () => pieces, pieceMs: 50 });

describe('a conversation', () => {
  it('shows the answer as it is written, and once it is finished in the log', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await isSound(visit.page, 'welcome');
    await write(visit, 'Where is my parcel?');

    const growing = visit.chat.locator('[aria-live=off] .text');
    await growing.waitFor();
    const first = (await growing.textContent()) ?? '';
    await expect
      .poll(async () => (await growing.textContent())?.length)
      .toBeGreaterThan(first.length);
    expect(answer.startsWith(first)).toBe(true);
    expect(first.length).toBeLessThan(answer.length);
    await isSound(visit.page, 'writing');
    await seesInLog(visit, ['Where is my parcel?', answer]);
    await isSound(visit.page, 'answered');
    expect(visit.errors).toEqual([]);
  });

  it('begins with a starter, and keeps what was written while an answer was coming', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await visit.chat.getByRole('button', { name: 'Where is my order?' }).click();
    await visit.chat.locator('[aria-live=off] .text').waitFor();
    await write(visit, 'It is number 17.');

    await expect.poll(() => logOf(visit), { timeout: 15_000 }).toHaveLength(4);
    expect((await logOf(visit)).slice(0, 2)).toEqual(['Where is my order?', 'It is number 17.']);
  });

  it('stops an answer and keeps what there is of it', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Tell me all');
    await visit.chat.locator('[aria-live=off] .text').waitFor();
    await visit.chat.getByRole('button', { name: 'Stop answering' }).click();

    await expect.poll(() => logOf(visit)).toHaveLength(2);
    const [, stopped = ''] = await logOf(visit);
    expect(answer.startsWith(stopped)).toBe(true);
    expect(stopped.length).toBeLessThan(answer.length);
  });

  it('takes a thumb, and a word on why', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    await visit.chat.getByRole('button', { name: 'Bad answer' }).click();
    await visit.chat.getByRole('textbox', { name: 'What could be better?' }).fill('Too long');
    await isSound(visit.page, 'feedback');
    await visit.chat.getByRole('button', { name: 'Tell us' }).click();
    await visit.chat.getByText('Thank you').waitFor();

    expect(shop.conversation().feedback).toEqual([
      { message_id: expect.any(String), rating: 'down' },
      { message_id: expect.any(String), rating: 'down', comment: 'Too long' },
    ]);
  });

  it('is taken over by a person and handed back, as each is said', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    await visit.chat.getByRole('button', { name: 'Talk to a person' }).click();
    await expect.poll(() => shop.conversation().handling).toBe('waiting');
    shop.api().takeover(shop.conversation(), 'Ada');
    shop.api().say(shop.conversation(), 'Good day, I am **Ada**.', 'Ada');
    await visit.chat.getByText('Ada has joined').waitFor();
    await seesInLog(visit, ['Hello', answer, 'Good day, I am Ada.']);
    await write(visit, 'I wait for my shoes');
    await seesInLog(visit, ['Hello', answer, 'Good day, I am Ada.', 'I wait for my shoes']);
    await isSound(visit.page, 'person');
    shop.api().handback(shop.conversation());

    await visit.chat.getByText('The assistant answers again').waitFor();
  });

  it('counts what was not seen on the button, and no longer once it is', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    await visit.chat.getByRole('textbox').press('Escape');
    shop.api().takeover(shop.conversation(), 'Ada');
    shop.api().say(shop.conversation(), 'Are you there?', 'Ada');

    const button = visit.page.getByRole('button', { name: 'Open the chat (1)' });
    await button.waitFor({ timeout: 15_000 });
    await isSound(visit.page, 'unread');
    await button.click();
    await visit.chat.getByText('Are you there?').waitFor();
    expect(await visit.page.getByRole('button', { name: '(1)' }).count()).toBe(0);
  });

  it('says why a message is refused, and lets it be discarded', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'refuse me');
    await visit.chat.getByText('Not sent: This message is refused').waitFor();
    await isSound(visit.page, 'refused');
    await visit.chat.getByRole('button', { name: 'Discard' }).click();

    await visit.chat.getByRole('button', { name: 'Where is my order?' }).waitFor();
  });

  it('uploads a picture, shown before it is sent and after', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
      'base64',
    );
    const picker = visit.chat.locator('input[type=file]');
    await picker.setInputFiles([
      { name: 'notes.exe', mimeType: 'application/x-msdownload', buffer: png },
    ]);
    await visit.chat.getByText('notes.exe: this kind of file is not accepted').waitFor();
    await picker.setInputFiles([{ name: 'sole.png', mimeType: 'image/png', buffer: png }]);
    await visit.chat.locator('.uploads img').waitFor();
    await expect.poll(() => visit.chat.locator('.uploads progress').count()).toBe(0);
    await isSound(visit.page, 'upload');
    await write(visit, 'It came off');

    await visit.chat.locator('[role=log] .file img').waitFor();
    expect(await visit.chat.locator('[role=log] .file img').getAttribute('alt')).toBe('sole.png');
    await isSound(visit.page, 'picture');
  });
});
