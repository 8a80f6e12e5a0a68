/** How the emails of a run depend on each other. `mixed` is many small components of the other shapes. */
export const shapes = ['none', 'chain', 'fan-in', 'fan-out', 'layered', 'random', 'mixed'] as const;
export type Shape = (typeof shapes)[number];

/** For each email the indices, below its own and ascending, of the emails that it depends on. */
type Dependencies = number[][];
type Grow = (count: number, random: () => number) => Dependencies;

const growers: Record<Exclude<Shape, 'mixed'>, Grow> = {
  none: (count) => fill(count, () => []),
  chain: (count) => fill(count, (index) => (index === 0 ? [] : [index - 1])),
  'fan-in': fanIn,
  'fan-out': fanOut,
  layered,
  random: sparse,
};

/**
 * For each of `count` emails the indices of those it depends on, all smaller than its own, so that
 * no cycle can arise. Fans have 2 to 12 arms, layers 2 to 12 emails (more in large runs), random
 * graphs 1.3 dependencies per email on average, components of `mixed` 1 to 16 emails.
 */
export function dependencyGraph(shape: Shape, count: number, random: () => number): Dependencies {
  return shape === 'mixed' ? mixed(count, random) : growers[shape](count, random);
}

const fill = (count: number, dependencies: (index: number) => number[]): Dependencies =>
  Array.from({ length: count }, (_, index) => dependencies(index));

const whole = (random: () => number, min: number, max: number): number =>
  min + Math.floor(random() * (max - min + 1));

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** Fans whose last email waits for all the others of its fan. */
function fanIn(count: number, random: () => number): Dependencies {
  return inParts(count, random, 3, 13, (size) =>
    fill(size, (index) => (index > 0 && index === size - 1 ? range(0, index) : [])),
  );
}

/** Fans whose first email is waited for by all the others of its fan. */
function fanOut(count: number, random: () => number): Dependencies {
  return inParts(count, random, 3, 13, (size) => fill(size, (index) => (index === 0 ? [] : [0])));
}

/** Layers one behind the other; each email waits for one to three of the layer before. */
function layered(count: number, random: () => number): Dependencies {
  const widest = Math.max(12, Math.ceil(Math.sqrt(count)));
  const graph: Dependencies = [];
  let before: number[] = [];
  while (graph.length < count) {
    const start = graph.length;
    const width = Math.min(count - start, whole(random, 2, widest));
    for (let one = 0; one < width; one += 1)
      graph.push(someOf(before, whole(random, 1, 3), random));
    before = range(start, graph.length);
  }
  return graph;
}

/** Each email waits for zero to three of any of those before it, for 1.3 on average. */
function sparse(count: number, random: () => number): Dependencies {
  const wanted = [0, 0, 1, 1, 1, 1, 2, 2, 2, 3];
  return fill(count, (index) =>
    someOf(range(Math.max(0, index - 200), index), wanted[whole(random, 0, 9)] ?? 0, random),
  );
}

function mixed(count: number, random: () => number): Dependencies {
  const kinds = Object.values(growers);
  return inParts(count, random, 1, 16, (size) =>
    (kinds[whole(random, 0, kinds.length - 1)] ?? sparse)(size, random),
  );
}

/** Puts graphs of `min` to `max` emails one behind the other until there are `count`. */
function inParts(
  count: number,
  random: () => number,
  min: number,
  max: number,
  grow: (size: number) => Dependencies,
): Dependencies {
  const graph: Dependencies = [];
  while (graph.length < count) {
    const start = graph.length;
    const size = Math.min(count - start, whole(random, min, max));
    graph.push(...grow(size).map((dependencies) => dependencies.map((index) => index + start)));
  }
  return graph;
}

function someOf(candidates: number[], wanted: number, random: () => number): number[] {
  const chosen = new Set<number>();
  const enough = Math.min(wanted, candidates.length);
  while (chosen.size < enough) chosen.add(candidates[whole(random, 0, candidates.length - 1)] ?? 0);
  return [...chosen].sort((a, b) => a - b);
}
