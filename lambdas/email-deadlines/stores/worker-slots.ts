import { expr } from '../../shared/store/expression.ts';
import { ItemStore } from '../../shared/store/item-store.ts';
import type { Key, Table } from '../../shared/store/table.ts';

/** How many of an owner's emails may be worked on at the same time, held until its lease ends. */
export interface WorkerSlots {
  /** Takes up to `wanted` of the free slots, beside none that it had before; how many it holds then. */
  hold(
    key: Key,
    owner: string,
    wanted: { slots: number; limit: number; until: number },
  ): Promise<number>;
}

type Held = Record<string, [slots: number, until: number]>;

const maxTries = 12;

interface SlotsItem {
  held: Held;
  version: number;
}

/** One item for each limit, with what each owner holds; one that died gives its slots back when its lease ends. */
export function workerSlots(table: Table): WorkerSlots {
  const slotsItems = new ItemStore<SlotsItem>(table, 'worker slots');
  return {
    async hold(key, owner, { slots, limit, until }) {
      for (let tries = 0; tries < maxTries; tries++) {
        const { held: before = {}, version = 0 } = (await slotsItems.get(key)) ?? {};
        const now = table.clock.now();
        const others = Object.entries(before).filter(
          ([name, [, ends]]) => name !== owner && ends > now,
        );
        const taken = others.reduce((sum, [, [count]]) => sum + count, 0);
        const mine = Math.max(0, Math.min(slots, limit - taken));
        // Those for whom there is none ask often: they only look.
        if (mine === 0 && !Object.hasOwn(before, owner)) return 0;
        const held: Held = {
          ...Object.fromEntries(others),
          ...(mine > 0 && { [owner]: [mine, until] }),
        };
        const { written } = await slotsItems.putIf(
          key,
          { held, version: version + 1 },
          { if: version ? expr`version = ${version}` : slotsItems.absent(), retentionDays: 1 },
        );
        if (written) return mine;
      }
      return 0;
    },
  };
}
