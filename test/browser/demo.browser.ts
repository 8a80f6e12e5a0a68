import { describe, expect, it } from 'vitest';
import { isSound } from './browser.ts';
import { aDemoShop, answer } from './demo-shop.ts';
import { growing, logOf, openChat, seesInLog, write } from './visits.ts';

const shop = aDemoShop();

describe('the demo shop', () => {
  it('has a chat whose answers appear as they are written', async () => {
    const visit = await shop.visit();
    await isSound(visit.page, 'demo-shop');
    await openChat(visit);
    await visit.chat.getByRole('button', { name: 'Do you ship abroad?' }).waitFor();
    await isSound(visit.page, 'demo-welcome');
    await write(visit, 'Do you ship to Norway?');
    await growing(visit).waitFor();
    const first = (await growing(visit).textContent()) ?? '';
    await expect
      .poll(async () => (await growing(visit).textContent())?.length)
      .toBeGreaterThan(first.length);
    expect(answer.startsWith(first)).toBe(true);
    expect(first.length).toBeLessThan(answer.length);
    await isSound(visit.page, 'demo-writing');

    await seesInLog(visit, ['Do you ship to Norway?', answer]);
    await isSound(visit.page, 'demo-answered');
    expect(visit.errors).toEqual([]);
  });

  it('misses nothing when its page is loaded anew in the middle of an answer', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Do you ship to Norway?');
    await growing(visit).waitFor();
    await visit.page.reload();
    await openChat(visit);
    await growing(visit).waitFor();

    await seesInLog(visit, ['Do you ship to Norway?', answer]);
  });

  it('loses nothing while it is offline for 60 seconds', async () => {
    const visit = await shop.visit();
    await visit.context.clock.install();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    await visit.context.setOffline(true);
    await write(visit, 'First');
    await write(visit, 'Second');
    await visit.chat.getByText('No connection').waitFor();
    await isSound(visit.page, 'demo-offline');
    const id = await shop.conversation();
    await shop.call(`/conversations/${id}/takeover`, {});
    await shop.call(`/v1/conversations/${id}/messages`, { text: 'Meanwhile' });
    // The page's clock is put forward; the minute is no wait of this test.
    await visit.context.clock.fastForward(60_000);
    expect(await logOf(visit)).toEqual(['Hello', answer]);
    await visit.context.setOffline(false);

    await seesInLog(visit, ['Hello', answer, 'Meanwhile', 'First', 'Second']);
  });

  it('takes a picture, shown before it is sent and after', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    const buffer = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC',
      'base64',
    );
    await visit.chat
      .locator('input[type=file]')
      .setInputFiles([{ name: 'sole.png', mimeType: 'image/png', buffer }]);
    await visit.chat.locator('.uploads img').waitFor();
    await expect.poll(() => visit.chat.locator('.uploads progress').count()).toBe(0);
    await write(visit, 'It came off');
    const picture = visit.chat.locator('[role=log] .file img');
    await picture.waitFor();

    const width = () => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth);
    await expect.poll(width).toBe(10);
    await isSound(visit.page, 'demo-picture');
    expect(visit.errors).toEqual([]);
  });

  it('says of each file why it is not sent, until the message is', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    const buffer = Buffer.from('no picture');
    const kind = visit.chat.getByText('setup.exe: this kind of file is not accepted');
    const content = visit.chat.getByText('sole.png could not be sent');
    await visit.chat.locator('input[type=file]').setInputFiles([
      { name: 'sole.png', mimeType: 'image/png', buffer },
      { name: 'setup.exe', mimeType: 'application/x-msdownload', buffer },
    ]);
    await content.waitFor();
    expect(await kind.isVisible()).toBe(true);
    await write(visit, 'Without it');

    await content.waitFor({ state: 'hidden' });
  });

  it('is taken over by a person in another window, who writes and hands it back', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Hello');
    await seesInLog(visit, ['Hello', answer]);
    await visit.chat.getByRole('button', { name: 'Talk to a person' }).click();
    const promised = 'A person will answer you here as soon as possible.';
    await seesInLog(visit, ['Hello', answer, promised]);
    const id = await shop.conversation();
    await shop.call(`/conversations/${id}/takeover`, { name: 'Ada' });
    await shop.call(`/v1/conversations/${id}/messages`, { text: 'Good day, how can I help?' });
    await visit.chat.getByText('Ada has joined').waitFor();
    const said = ['Hello', answer, promised, 'Good day, how can I help?'];
    await seesInLog(visit, said);
    await write(visit, 'By a person');
    await seesInLog(visit, [...said, 'By a person']);
    await isSound(visit.page, 'demo-person');
    await shop.call(`/conversations/${id}/handback`, {});
    await visit.chat.getByText('The assistant answers again').waitFor();
    await write(visit, 'And now?');

    await expect.poll(() => logOf(visit), { timeout: 20_000 }).toContain('And now?');
    await expect.poll(async () => (await logOf(visit)).at(-1), { timeout: 20_000 }).toBe(answer);
  });

  it('stops an answer, keeps what there is of it, and takes a word on it', async () => {
    const visit = await shop.visit();
    await openChat(visit);
    await write(visit, 'Tell me all');
    await growing(visit).waitFor();
    await visit.chat.getByRole('button', { name: 'Stop answering' }).click();
    await expect.poll(() => logOf(visit)).toHaveLength(2);
    const [, stopped = ''] = await logOf(visit);
    expect(answer.startsWith(stopped)).toBe(true);
    expect(stopped.length).toBeLessThan(answer.length);
    await visit.chat.getByRole('button', { name: 'Bad answer' }).click();
    await visit.chat.getByRole('textbox', { name: 'What could be better?' }).fill('It is cut');
    await visit.chat.getByRole('button', { name: 'Tell us' }).click();
    await visit.chat.getByText('Thank you').waitFor();

    const { data } = await shop.call<{ data: object[] }>(
      `/conversation-feedback?conversation_id=${await shop.conversation()}`,
    );
    expect(data).toContainEqual(expect.objectContaining({ rating: 'down', comment: 'It is cut' }));
  });

  it('is dark, narrow and written from right to left, each without fault', async () => {
    const dark = await shop.visit({ dark: true });
    await openChat(dark);
    await write(dark, '/sim markdown');
    await seesInLog(dark, ['/sim markdown', answer]);
    await isSound(dark.page, 'demo-dark');
    const narrow = await shop.visit({ width: 320, height: 568 });
    await openChat(narrow);
    await isSound(narrow.page, 'demo-narrow');
    const arabic = await shop.visit({ query: '?language=ar' });
    await openChat(arabic);
    await arabic.chat.getByRole('button', { name: 'أين طلبي؟' }).waitFor();
    expect(await arabic.chat.locator('html').getAttribute('dir')).toBe('rtl');
    await isSound(arabic.page, 'demo-arabic');
  });
});
