import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/email-deadlines/limits.ts';
import { anEmail } from '../email-world.ts';
import { emailWorlds } from '../email-worlds.ts';

const { aWorld } = emailWorlds('ids');

describe('a reply', () => {
  it.each(['it’s', '注文-7', 'zgłoszenie-1', '😀', 'señal', ' a '])(
    'to %j names it as its mailbox does, under a key that a header can have',
    async (mailbox_id) => {
      const email = { ...anEmail(mailbox_id.trim()), mailbox_id };
      const world = await aWorld([email]);

      await world.workOff();
      const [post] = world.posts;

      expect(post?.email_id).toBe(mailbox_id);
      expect(post?.idempotencyKey).toMatch(/^[!-~]+$/);
      expect(await world.email(mailbox_id.trim())).toMatchObject({ state: 'sent' });
    },
  );

  it('that our own code breaks is none that the mailbox does not take', async () => {
    const world = await aWorld([anEmail('e1')], {
      post: () => {
        throw new TypeError('Cannot convert argument to a ByteString');
      },
    });

    await world.workOff();

    expect(world.dead).toMatchObject([{ code: 'unexpected' }]);
    expect(world.posts).toHaveLength(limits.maxAttempts);
    expect(world.meter.counts).not.toHaveProperty('MailboxFailed');
  });
});
