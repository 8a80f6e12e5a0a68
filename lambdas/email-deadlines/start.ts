import { countVendorFailure } from '../shared/log.ts';
import { type Consume, consume } from '../shared/queue/consume.ts';
import type { ConsumerParts } from '../shared/queue/consumer.ts';
import { done } from '../shared/queue/outcome.ts';
import { limits } from './limits.ts';
import { runMessage } from './messages.ts';
import type { StartPorts } from './work/run-ports.ts';
import { giveUp, handleRun } from './work/start-run.ts';

/** Starts runs and watches them. */
export const startConsumer = (ports: StartPorts, parts: ConsumerParts): Consume =>
  consume(parts, {
    schema: runMessage,
    order: 'parallel',
    idsOf: ({ tenant_id, run_id }) => ({ tenant_id, run_id }),
    failed: 'A run could not be handled.',
    limits,
    handle: ({ message, log }, invocation) => handleRun(message, { ...ports, log }, invocation),
    async onFailure({ message, log }, { kind, error }) {
      countVendorFailure(error, ports.meter);
      const run = kind === 'dead' ? await ports.runs.find(message) : undefined;
      // A started run continues, but is no longer watched.
      if (run?.state !== 'pending') return undefined;
      await giveUp(run, error, { ...ports, log });
      return done;
    },
  });
