import { makeInstance } from './instance.ts';
import { onTime, type PolicyName, simulate } from './simulate.ts';

/** The share of late emails (0 to 1) where each has a worker, nothing waits for another, and no deadline is near. */
export function lateWithAmpleWorkers(name: PolicyName): number {
  const count = 1_000;
  const instance = makeInstance({ ...fixed, shape: 'none', count, workers: count, load: 0.5 });
  return 1 - onTime(simulate(instance, name)) / count;
}

/** How long a run of chains takes whose sends alone keep the order, as a share of one whose drafts do so too. */
export function orderToContent(count: number, workers: number): number {
  const [order, content] = (['order', 'content'] as const).map((kind) => {
    const chains = { ...fixed, shape: 'chain', count, workers, kind, load: 0.95 } as const;
    const slots = simulate(makeInstance(chains), 'ours').values();
    return Math.max(...[...slots].map(({ sentMs }) => sentMs));
  });
  return (order ?? Infinity) / (content ?? 1);
}

const fixed = { kind: 'content', law: 'bounded', seed: 1 } as const;
