import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/email-deadlines/limits.ts';
import { anEmail } from '../office.ts';
import { openedOffices } from '../opened-office.ts';

const { opened } = openedOffices('ids');

describe('a reply', () => {
  it.each(['it’s', '注文-7', 'zgłoszenie-1', '😀', 'señal', ' a '])(
    'to %j names it as its mailbox does, under a key that a header can have',
    async (mailbox_id) => {
      const email = { ...anEmail(mailbox_id.trim()), mailbox_id };
      const office = await opened([email]);

      await office.workOff();
      const [post] = office.posts;

      expect(post?.email_id).toBe(mailbox_id);
      expect(post?.idempotencyKey).toMatch(/^[!-~]+$/);
      expect(await office.email(mailbox_id.trim())).toMatchObject({ state: 'sent' });
    },
  );

  it('that our own code breaks is none that the mailbox does not take', async () => {
    const office = await opened([anEmail('e1')], {
      post: () => {
        throw new TypeError('Cannot convert argument to a ByteString');
      },
    });

    await office.workOff();

    expect(office.dead).toMatchObject([{ code: 'unexpected' }]);
    expect(office.posts).toHaveLength(limits.maxAttempts);
    expect(office.meter.counts).not.toHaveProperty('MailboxFailed');
  });
});
