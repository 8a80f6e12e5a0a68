/** When an answer was done (milliseconds since the epoch) and how long it took (milliseconds). */
export type ServiceSample = readonly [atMs: number, tookMs: number];

/** What an email is expected to take, in milliseconds: 75 % of emails take at most `p75Ms`, 25 % at most `p25Ms`. */
export interface ServiceEstimate {
  p75Ms: number;
  p25Ms: number;
}

/** Enough for a 90th percentile, few enough to follow a vendor's changing hours and to be shared in 2 KB. */
const maxSamples = 64;

/** With this many samples the assumption no longer counts. */
const enoughSamples = 8;

/** Learns what emails take from the latest 64 samples; while there are fewer than eight, `assumedMs` count as samples too. */
export class ServiceTimes {
  readonly #assumed: readonly number[];
  /** In order of time, each once. */
  #samples: ServiceSample[] = [];
  #sorted: number[] | undefined;

  constructor(assumedMs: readonly number[], samples: readonly ServiceSample[] = []) {
    if (assumedMs.length === 0)
      throw new RangeError('Expected at least one assumed time, got none.');
    this.#assumed = assumedMs;
    this.merge(samples);
  }

  learn(atMs: number, tookMs: number): void {
    const sample: ServiceSample = [atMs, tookMs];
    const before = this.#samples.at(-1);
    if (before && inTime(before, sample) >= 0) this.merge([sample]);
    else this.#keep([...this.#samples, sample]);
  }

  /** Adds the samples of another invocation. A sample that both know counts once, so merging may be repeated in any order. */
  merge(samples: readonly ServiceSample[]): void {
    const sorted = [...this.#samples, ...samples].sort(inTime);
    this.#keep(
      sorted.filter((one, index) => {
        const next = sorted[index + 1];
        return !next || inTime(one, next) !== 0;
      }),
    );
  }

  /** The time in milliseconds that the given share of emails (0 to 1) does not exceed (nearest rank). */
  percentile(share: number): number {
    this.#sorted ??= this.#known().sort((a, b) => a - b);
    const rank = Math.ceil(share * this.#sorted.length) - 1;
    return this.#sorted[Math.min(this.#sorted.length - 1, Math.max(0, rank))] ?? 0;
  }

  estimate(): ServiceEstimate {
    return { p75Ms: this.percentile(0.75), p25Ms: this.percentile(0.25) };
  }

  /** The latest samples, few enough for invocations to share them. */
  samples(): ServiceSample[] {
    return [...this.#samples];
  }

  #keep(samples: ServiceSample[]): void {
    this.#samples = samples.slice(-maxSamples);
    this.#sorted = undefined;
  }

  #known(): number[] {
    const learned = this.#samples.map(([, tookMs]) => tookMs);
    return learned.length < enoughSamples ? [...learned, ...this.#assumed] : learned;
  }
}

const inTime = (a: ServiceSample, b: ServiceSample): number => a[0] - b[0] || a[1] - b[1];
