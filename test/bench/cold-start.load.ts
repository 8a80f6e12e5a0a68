import { beforeAll, describe, expect, it } from 'vitest';
import { type Comparison, compareStarts } from '../../bench/cold-start/measure.ts';

const [receive, reply] = ['whatsapp-replies/receive', 'whatsapp-replies/reply-processor'];

let comparisons: Comparison[];

beforeAll(async () => {
  comparisons = await Array.fromAsync(compareStarts(15, (name) => [receive, reply].includes(name)));
});

const of = (name: string): Comparison => {
  const found = comparisons.find((one) => one.name === name);
  if (!found) throw new Error(`Expected a comparison of ${name}, got none.`);
  return found;
};

describe('the webhook', () => {
  it('loads in 0.35 of the time of the naive one', () => {
    expect(of(receive).ratio.loadMs).toBeLessThanOrEqual(0.35);
  });

  it('loads in at most 1.15 of the time of a handler with only a queue (with tolerance 1.3)', () => {
    expect(of(receive).toQueueHandler).toBeLessThanOrEqual(1.3);
  });

  it('holds less memory than the naive one', () => {
    expect(of(receive).ratio.peakMb).toBeLessThanOrEqual(0.8);
  });
});

describe('the reply processor', () => {
  it('loads in 0.5 of the time of the naive one', () => {
    expect(of(reply).ratio.loadMs).toBeLessThanOrEqual(0.5);
  });

  it('holds less memory than the naive one', () => {
    expect(of(reply).ratio.peakMb).toBeLessThanOrEqual(0.8);
  });
});
