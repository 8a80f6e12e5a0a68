import { describe, expect, it } from 'vitest';
import { type ConversationStore, turnTaken } from '../../lambdas/whatsapp-replies/work/ports.ts';
import type { Turn } from '../../lambdas/whatsapp-replies/work/turn.ts';
import { anInput, aTurn } from '../whatsapp-replies/vendors/a-turn.ts';
import type { VirtualClock } from './clock.ts';

/** A conversation of its own, in which nothing has been said. */
export interface OpenedStore {
  store: ConversationStore;
  conversation_id: string;
  clock: VirtualClock;
  /** What a status callback does for a part that Twilio has taken. */
  report(messageKey: string, messageSid: string): Promise<void>;
  optOut(turn: Turn): Promise<void>;
}

export type OpenedFields = { messages?: number } & Partial<Turn>;

/** A turn over so many messages in a conversation of its own. */
export function openedBy(open: () => OpenedStore, { messages = 1, ...fields }: OpenedFields) {
  const { conversation_id, ...rest } = open();
  const inputs = Array.from({ length: messages }, (_, n) =>
    anInput({ message_sid: `SM${n + 1}`, text: `Message ${n + 1}` }),
  );
  const at = rest.clock.now();
  const turn = (given: Partial<Turn> = {}) =>
    aTurn({ conversation_id, inputs, updated_at: new Date(at).toISOString(), ...given });
  return { ...rest, conversation_id, turn, first: turn(fields) };
}

/** What every conversation store promises of its turns. */
export function turnsContract(open: () => OpenedStore): void {
  const opened = (fields: OpenedFields = {}) => openedBy(open, fields);

  describe('a turn', () => {
    it('is read as it was written, from its creation on', async () => {
      const { store, first } = opened({ run: { claimed_at: 1, run_id: 'r' }, thread_id: 'conv_1' });

      expect(await store.turnOf(first)).toBeUndefined();
      expect(await store.createTurn(first)).toBe(true);
      expect(await store.turnOf(first)).toEqual(first);
    });

    it('is created once, and not over one that has continued', async () => {
      const { store, first } = opened();

      const created = await Promise.all([1, 2, 3, 4].map(() => store.createTurn(first)));
      await store.saveTurn({ ...first, state: 'sent' });

      expect(created.filter(Boolean)).toHaveLength(1);
      expect(await store.createTurn(first)).toBe(false);
      expect(await store.turnOf(first)).toMatchObject({ state: 'sent', version: 1 });
    });

    it('gets a new version and time with each save', async () => {
      const { store, first, clock } = opened();
      await store.createTurn(first);
      clock.pass(1_000);

      const second = await store.saveTurn({ ...first, state: 'thread' });
      const third = await store.saveTurn({ ...second, state: 'run' });

      expect([second.version, third.version]).toEqual([1, 2]);
      expect(second.updated_at).toBe(new Date(clock.now()).toISOString());
      expect(await store.turnOf(first)).toEqual(third);
    });

    it('is saved by one of those that have read the same version', async () => {
      const { store, first } = opened();
      await store.createTurn(first);

      const saves = await Promise.allSettled([1, 2, 3, 4].map(() => store.saveTurn(first)));

      expect(saves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const late = store.saveTurn(first);
      await expect(late).rejects.toMatchObject({ code: turnTaken, next: 'retry' });
      expect(await store.turnOf(first)).toMatchObject({ version: 1 });
    });

    it('is not saved where there is none', async () => {
      const { store, first } = opened();

      await expect(store.saveTurn(first)).rejects.toMatchObject({ code: turnTaken });
    });
  });

  describe('a message that is merged into another message’s turn', () => {
    it('leads to that turn, however often it is merged', async () => {
      const { store, first } = opened({ messages: 2 });
      await store.createTurn(first);

      const owners = [await store.mergeInto(first, 'SM2'), await store.mergeInto(first, 'SM2')];

      expect(owners).toEqual([first.turn_id, first.turn_id]);
      expect(await store.turnOf({ ...first, turn_id: 'SM2' })).toEqual(first);
    });

    it('needs no mark to lead to its own turn', async () => {
      const { store, first } = opened();

      expect(await store.mergeInto(first, first.turn_id)).toBe(first.turn_id);
      expect(await store.createTurn(first)).toBe(true);
    });

    it('stays with the first turn that it is merged into, and with a turn of its own', async () => {
      const { store, first, turn } = opened();
      const other = turn({ turn_id: 'SM8' });
      await store.mergeInto(first, 'SM9');
      await store.createTurn(first);

      expect(await store.mergeInto(other, 'SM9')).toBe(first.turn_id);
      expect(await store.mergeInto(other, first.turn_id)).toBe(first.turn_id);
    });

    it('may have a turn of its own where the other one does not answer it after all', async () => {
      const { store, first, turn } = opened();
      await store.createTurn(first);

      await store.mergeInto(first, 'SM9');

      const dropped = turn({ turn_id: 'SM9' });
      expect(await store.turnOf(dropped)).toBeUndefined();
      expect(await store.createTurn(dropped)).toBe(true);
    });
  });
}
