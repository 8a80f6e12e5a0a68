import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../lib/constructs/bundle.ts';
import { bundleQueueHandler, bundleVariants, bytesOf } from './bundles.ts';
import { median, ratioOf, type Start, startsInTurn } from './starts.ts';

export interface Figures {
  bytes: number;
  loadMs: number;
  peakMb: number;
}

export interface Comparison {
  /** Such as `whatsapp-replies/receive`. */
  name: string;
  written: boolean;
  shipped: Figures;
  naive: Figures;
  /** Shipped by naive. */
  ratio: Figures;
  /** Load time, shipped by the handler that has only a queue; of the webhook alone. */
  toQueueHandler?: number;
}

/** The function that is also held against a handler that has only a queue. */
const webhook = 'whatsapp-replies/receive';

/** Starts the functions whose names are wanted, as shipped and naive in alternation; tells each once it is done. */
export async function* compareStarts(
  rounds: number,
  isWanted: (name: string) => boolean = () => true,
): AsyncGenerator<Comparison> {
  // Inside the project, so that the bundles find what they leave out.
  const parent = path.join(projectRoot, 'dist');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(path.join(parent, 'cold-start-'));
  try {
    const queueHandler = await bundleQueueHandler(folder);
    for (const { name, shipped, naive, written } of await bundleVariants(folder)) {
      if (!isWanted(name)) continue;
      const files = [shipped, naive, ...(name === webhook ? [queueHandler] : [])];
      const [ours = [], theirs = [], queue] = startsInTurn(files, rounds);
      yield {
        name,
        written,
        shipped: figuresOf(shipped, ours),
        naive: figuresOf(naive, theirs),
        ratio: {
          bytes: bytesOf(shipped) / bytesOf(naive),
          loadMs: ratioOf(ours, theirs, 'loadMs'),
          peakMb: ratioOf(ours, theirs, 'peakMb'),
        },
        ...(queue && { toQueueHandler: ratioOf(ours, queue, 'loadMs') }),
      };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const figuresOf = (file: string, starts: Start[]): Figures => ({
  bytes: bytesOf(file),
  loadMs: median(starts.map(({ loadMs }) => loadMs)),
  peakMb: median(starts.map(({ peakMb }) => peakMb)),
});
