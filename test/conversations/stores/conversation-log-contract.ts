import { describe, expect, it } from 'vitest';
import type { ConversationKey } from '../../../lambdas/conversations/conversation.ts';
import type { ConversationLog } from '../../../lambdas/conversations/ports.ts';
import { days, type VirtualClock } from '../../support/clock.ts';
import { aMessage, handlingContract, told } from './handling-contract.ts';

/** A log, and an id in it that nothing is known under. */
export interface OpenedLog {
  log: ConversationLog;
  key: ConversationKey;
  clock: VirtualClock;
}

/** What every log of conversations promises. */
export function conversationLogContract(empty: () => OpenedLog): void {
  const opened = async () => {
    const { log, key, clock } = empty();
    const { conversation } = await log.open({ ...key, channel: 'webchat', participant_id: 'p1' });
    return { log, key, clock, conversation };
  };

  describe('a conversation', () => {
    it('is opened once, and is then what it was opened as', async () => {
      const { log, key, clock } = empty();
      const begun = {
        ...key,
        channel: 'whatsapp',
        channel_id: 'whatsapp:+1',
        participant_id: 'p1',
        participant_name: 'Ann',
        external_id: '+49',
        metadata: { numbers: { ours: 1.5, theirs: [] }, none: null },
      } as const;

      const first = await log.open(begun);
      const second = await log.open({ ...key, channel: 'webchat', participant_id: 'other' });

      const at = new Date(clock.now()).toISOString();
      expect(first).toEqual({
        created: true,
        conversation: {
          ...begun,
          ...{ status: 'active', handling: 'automatic', assignee: null },
          ...{ conversation_spec_id: null, flow_instance_id: null },
          ...{ last_sequence: 0, last_message: null },
          ...{ last_activity_at: at, created_at: at, updated_at: at },
        },
      });
      expect(second).toEqual({ ...first, created: false });
      expect(await log.find(key)).toEqual(first.conversation);
    });

    it('is opened by one of those who open it at the same time', async () => {
      const { log, key } = empty();
      const begun = { ...key, channel: 'webchat', participant_id: 'p1' } as const;

      const all = await Promise.all([1, 2, 3, 4].map(() => log.open(begun)));

      expect(all.filter(({ created }) => created)).toHaveLength(1);
    });

    it('is not there for another company, nor under another id', async () => {
      const { log, key } = await opened();
      await log.append(key, [aMessage('m1')], { after: 0 });
      const others = [
        { ...key, tenant_id: 'globex' },
        { ...key, conversation_id: `${key.conversation_id}0` },
      ];

      for (const other of others) {
        expect(await log.find(other)).toBeUndefined();
        expect(await log.messages(other, { after: 0, limit: 10 })).toEqual([]);
        expect(await log.latest(other, 10)).toEqual([]);
        expect(await log.messageById(other, 'm1')).toBeUndefined();
        expect(await log.recordDelivery(other, 'm1', { status: 'read' })).toBe(false);
        expect(await log.setHandling(other, { handling: 'person', by: 'key:1' })).toBeUndefined();
        expect(await log.close(other, 'key:1')).toBeUndefined();
        await expect(log.append(other, [aMessage('m2')], { after: 0 })).rejects.toMatchObject({
          next: 'discard',
          code: 'conversation_missing',
        });
      }
      expect(await told(log, key)).toEqual(['m1']);
    });

    it('has its last activity and its last words, which events are not', async () => {
      const { log, key, clock } = await opened();
      clock.pass(60_000);
      await log.append(key, [aMessage('m1', { text: 'Hello?' })], { after: 0 });
      clock.pass(60_000);
      await log.setHandling(key, { handling: 'waiting', by: 'visitor:p1' });

      const [said, asked] = [clock.now() - 60_000, clock.now()].map((ms) =>
        new Date(ms).toISOString(),
      );
      expect(await log.find(key)).toMatchObject({
        last_sequence: 2,
        last_message: { role: 'user', text: 'Hello?', created_at: said },
        last_activity_at: asked,
        updated_at: asked,
      });
    });

    it('is kept as long as its newest message, and may then begin anew', async () => {
      const { log, key, clock } = await opened();
      await log.append(key, [aMessage('m1')], { after: 0 });
      clock.pass(days(60));
      await log.append(key, [aMessage('m2')], { after: 1 });
      clock.pass(days(60));

      expect(await told(log, key)).toEqual(['m2']);
      expect(await log.find(key)).toMatchObject({ last_sequence: 2 });
      clock.pass(days(31));
      expect(await told(log, key)).toEqual([]);
      expect(await log.find(key)).toBeUndefined();

      const again = await log.open({ ...key, channel: 'webchat', participant_id: 'p2' });
      await log.append(key, [aMessage('m3')], { after: 0 });
      expect(again).toMatchObject({ created: true, conversation: { last_sequence: 0 } });
      expect(await told(log, key)).toEqual(['m3']);
    });
  });

  describe('a message', () => {
    it('is read as it was written, with its place', async () => {
      const { log, key, clock } = await opened();
      const file = {
        file_id: crypto.randomUUID(),
        filename: 'a.pdf',
        mime_type: 'application/pdf',
        size: 3,
      };
      const whole = {
        ...aMessage('m1'),
        ...{
          files: [file],
          turn_id: 't1',
          client_id: 'c1',
          created_at: '2026-01-02T03:04:05.000Z',
        },
        author: { id: 'visitor:p1', name: 'Ann' },
        delivery: { status: 'queued', updated_at: '2026-01-02T03:04:05.000Z' },
      } as const;

      const appended = await log.append(key, [whole, aMessage('m2')], { after: 0 });

      const { conversation_id } = key;
      const created_at = new Date(clock.now()).toISOString();
      const expected = [
        { ...whole, conversation_id, sequence: 1 },
        { ...aMessage('m2'), files: [], conversation_id, sequence: 2, created_at },
      ];
      expect(appended).toMatchObject({ kind: 'appended', messages: expected });
      expect(await log.messages(key, { after: 0, limit: 10 })).toEqual(expected);
      expect(await log.messageById(key, 'm1')).toEqual(expected[0]);
      expect(await log.messageById(key, 'm9')).toBeUndefined();
    });

    it('is written once, however often, with what else comes in between', async () => {
      const { log, key } = await opened();
      const first = await log.append(key, [aMessage('m1'), aMessage('m2')], { after: 0 });
      await log.append(key, [aMessage('m3')], { after: 2 });

      const again = await log.append(key, [aMessage('m1'), aMessage('m2'), aMessage('m4')], {
        after: 0,
      });

      expect(await told(log, key)).toEqual(['m1', 'm2', 'm3', 'm4']);
      const sequences = (result: typeof first) =>
        result.kind === 'appended' && result.messages.map(({ sequence }) => sequence);
      expect([sequences(first), sequences(again)]).toEqual([
        [1, 2],
        [1, 2, 4],
      ]);
    });

    it('is read page by page, and among the newest', async () => {
      const { log, key } = await opened();
      const ids = Array.from({ length: 120 }, (_, n) => `m${n + 1}`);
      await log.append(
        key,
        ids.map((id) => aMessage(id)),
        { after: 0 },
      );
      const idsOf = (messages: { message_id: string }[]) =>
        messages.map(({ message_id }) => message_id);

      expect(idsOf(await log.messages(key, { after: 0, limit: 3 }))).toEqual(ids.slice(0, 3));
      expect(idsOf(await log.messages(key, { after: 118, limit: 3 }))).toEqual(ids.slice(118));
      expect(await log.messages(key, { after: 120, limit: 3 })).toEqual([]);
      expect(idsOf(await log.latest(key, 3))).toEqual(ids.slice(-3));
      expect(await log.messageById(key, 'm1')).toMatchObject({ sequence: 1 });
    });

    it('gets a delivery status that only goes forward, and arrival outranks failure', async () => {
      const { log, key } = await opened();
      await log.append(key, [aMessage('m1')], { after: 0 });
      const report = async (status: 'queued' | 'sent' | 'delivered' | 'read' | 'failed') => {
        expect(await log.recordDelivery(key, 'm1', { status })).toBe(true);
        return (await log.messageById(key, 'm1'))?.delivery?.status;
      };

      expect(await report('queued')).toBe('queued');
      expect(await report('failed')).toBe('failed');
      expect(await report('sent')).toBe('failed');
      expect(await report('read')).toBe('read');
      expect(await report('delivered')).toBe('read');
      expect(await report('failed')).toBe('read');
      expect(await log.recordDelivery(key, 'm2', { status: 'sent' })).toBe(false);
    });

    it('says why it was not delivered', async () => {
      const { log, key, clock } = await opened();
      const updated_at = new Date(clock.now()).toISOString();
      const queued = { status: 'queued', updated_at } as const;
      await log.append(key, [aMessage('m1', { delivery: queued })], { after: 0 });

      await log.recordDelivery(key, 'm1', { status: 'failed', error_code: 63_016 });

      const { delivery } = (await log.messageById(key, 'm1')) ?? {};
      expect(delivery).toEqual({ status: 'failed', error_code: 63_016, updated_at });
    });
  });

  handlingContract(opened);
}
