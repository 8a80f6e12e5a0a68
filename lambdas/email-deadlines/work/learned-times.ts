/** When an email was done (milliseconds since the epoch) and how long it took (milliseconds). */
export type ServiceSample = readonly [atMs: number, tookMs: number];

/** What was learned, as it is shared between invocations: small, and JSON. */
export interface SharedServiceTimes {
  samples: ServiceSample[];
}

/** Enough for a 90th percentile, few enough to follow a vendor's changing hours and to be shared in 2 KB. */
const mostSamples = 64;

/** From so many samples on the assumption counts no more. */
const enoughSamples = 8;

/** Learns what emails take from the latest 64 of them; before there are eight, `assumedMs` counts as samples too. */
export class ServiceTimes {
  readonly #assumed: readonly number[];
  /** The latest last, none twice. */
  #samples: ServiceSample[] = [];
  #sorted: number[] | undefined;

  constructor(assumedMs: readonly number[], shared?: SharedServiceTimes) {
    if (assumedMs.length === 0)
      throw new RangeError('Expected at least one assumed time, got none.');
    this.#assumed = assumedMs;
    if (shared) this.merge(shared);
  }

  learn(atMs: number, tookMs: number): void {
    const sample: ServiceSample = [atMs, tookMs];
    const before = this.#samples.at(-1);
    if (before && inTime(before, sample) >= 0) this.merge({ samples: [sample] });
    else this.#keep([...this.#samples, sample]);
  }

  /** Takes over what another has learned. What both know counts once, so it may be shared in any order and any number of times. */
  merge({ samples }: SharedServiceTimes): void {
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

  share(): SharedServiceTimes {
    return { samples: [...this.#samples] };
  }

  #keep(samples: ServiceSample[]): void {
    this.#samples = samples.slice(-mostSamples);
    this.#sorted = undefined;
  }

  #known(): number[] {
    const learned = this.#samples.map(([, tookMs]) => tookMs);
    return learned.length < enoughSamples ? [...learned, ...this.#assumed] : learned;
  }
}

const inTime = (a: ServiceSample, b: ServiceSample): number => a[0] - b[0] || a[1] - b[1];
