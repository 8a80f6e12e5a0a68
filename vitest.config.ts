import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'promise',
          // Much of it waits for an emulated vendor or queue.
          maxWorkers: 2,
          // Half of the time went into loading the same modules for each file; nothing that these tests load is changed by them.
          isolate: false,
          // The journeys of many customers and companies go on beside each other.
          maxConcurrency: 20,
          expect: { poll: { timeout: 15_000 } },
          include: ['test/**/*.test.ts'],
          // Of journeys beside each other, each takes as long as all of them; the machine may be busy, too.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'slow',
          // Processes that are started and killed, and deadlines that pass: most of it is waiting.
          maxWorkers: 5,
          include: ['test/**/*.slow.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'load',
          // Figures are taken: one at a time.
          maxWorkers: 1,
          include: ['test/**/*.load.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          // Each file has a browser of its own.
          maxWorkers: 1,
          globalSetup: 'test/browser/install.ts',
          include: ['test/browser/*.browser.ts'],
          expect: { poll: { timeout: 15_000 } },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'deploy',
          include: ['test/**/*.deploy.ts'],
          testTimeout: 90_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
