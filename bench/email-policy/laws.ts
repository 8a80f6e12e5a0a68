/** How long an email takes, in milliseconds, and what a policy assumes before it has seen any. */
interface Law {
  meanMs: number;
  assumedMs: readonly number[];
  draw(random: () => number): number;
}

const exponential = (meanMs: number, random: () => number): number =>
  -meanMs * Math.log(1 - random());

/** Chance that the standard normal is met twice: Box and Muller's formula. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

const heavyMedianMs = 400;
const heavySigma = 0.8;

/**
 * `constant`: 500 ms, which shows a policy without its ignorance of the future. `bounded`: 400 ms and an exponential of mean 100 ms, at most 600 ms, as the specification's mock
 * model (37 % take more than 500 ms). `heavy`: lognormal of median 400 ms and sigma 0.8, so that one in
 * ten takes more than 1.1 s and one in a hundred more than 2.5 s.
 */
export const serviceLaws = {
  bounded: {
    meanMs: 400 + 100 * (1 - Math.exp(-2)),
    assumedMs: [400, 430, 470, 520, 600],
    draw: (random) => Math.min(600, 400 + exponential(100, random)),
  },
  constant: { meanMs: 500, assumedMs: [500], draw: () => 500 },
  heavy: {
    meanMs: heavyMedianMs * Math.exp(heavySigma ** 2 / 2),
    assumedMs: [200, 300, 400, 600, 1_000],
    draw: (random) => heavyMedianMs * Math.exp(heavySigma * normal(random)),
  },
} as const satisfies Record<string, Law>;

export type ServiceLaw = keyof typeof serviceLaws;
