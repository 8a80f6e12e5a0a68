/** `tight` leaves the workers 5 % of idle time, if they always take the right email first. */
type Tightness = 'loose' | 'tight';

/** How many workers answer, how fast, and how much time the deadlines leave them. */
export interface Pace {
  /** `loose` by default. */
  tightness?: Tightness;
  /** 500 by default. */
  meanServiceMs?: number;
  /** 8 by default. */
  workers?: number;
  /** From the fetch to the first draft; one mean service time by default. */
  headStartMs?: number;
}

const tightLoad = 0.95;
const looseLoad = 0.25;

/**
 * Deadlines in ms after the fetch for emails that depend on the ones at these smaller indices. They
 * are read off a schedule that exists: the workers take what is ready in an order drawn at random
 * and wait for dependencies (the `content` kind; `order` alone has more time). Then 3 of 10 emails
 * are given more time than that schedule needs, so that an email can be due after one waiting for it.
 */
export function deadlinesOf(graph: readonly number[][], pace: Pace, random: () => number) {
  const { tightness = 'loose', meanServiceMs = 500, workers = 8 } = pace;
  const { headStartMs = meanServiceMs } = pace;
  const load = tightness === 'tight' ? tightLoad : looseLoad;
  const slackMs = tightness === 'tight' ? 0 : 20 * meanServiceMs;
  return wavesOf(graph, workers, random).map((wave) => {
    const neededMs = ((wave + 1 + random()) * meanServiceMs) / load;
    const generosity = random() < 0.3 ? 1 + 2 * random() : 1;
    return headStartMs + slackMs + neededMs * generosity;
  });
}

/** For each email the number of service times that go by before `workers` of equal speed take it. */
function wavesOf(graph: readonly number[][], workers: number, random: () => number): number[] {
  const waves = graph.map(() => 0);
  const missing = graph.map((dependencies) => dependencies.length);
  const dependents = dependentsOf(graph);
  let ready = missing.flatMap((count, index) => (count === 0 ? [index] : []));
  for (let wave = 0; ready.length > 0; wave += 1) {
    const taken = Array.from({ length: Math.min(workers, ready.length) }, () =>
      takeAny(ready, random),
    );
    for (const index of taken) waves[index] = wave;
    ready = ready.concat(taken.flatMap((index) => released(dependents[index] ?? [], missing)));
  }
  return waves;
}

function dependentsOf(graph: readonly number[][]): number[][] {
  const dependents = graph.map((): number[] => []);
  graph.forEach((dependencies, index) => {
    for (const dependency of dependencies) dependents[dependency]?.push(index);
  });
  return dependents;
}

/** Those of the dependents that wait for nothing else, now that one more is done. */
function released(dependents: readonly number[], missing: number[]): number[] {
  return dependents.filter((index) => {
    missing[index] = (missing[index] ?? 0) - 1;
    return missing[index] === 0;
  });
}

/** Takes one out of the list, whose order does not matter. */
function takeAny(list: number[], random: () => number): number {
  const at = Math.floor(random() * list.length);
  const last = list.length - 1;
  const taken = list[at] ?? 0;
  list[at] = list[last] ?? 0;
  list.pop();
  return taken;
}
