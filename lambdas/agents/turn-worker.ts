import { type Consume, consume } from '../shared/queue/consume.ts';
import type { ConsumerParts } from '../shared/queue/consumer.ts';
import { done } from '../shared/queue/outcome.ts';
import { limits } from './limits.ts';
import { turnMessage } from './messages.ts';
import type { RunTurn, Turns } from './ports.ts';

/** How soon a message comes back whose turn another works on, at least and at most. */
const [soonSeconds, latestSeconds] = [1, 60];

/**
 * Answers the messages that nobody else answers: a message stays in the queue until a turn that covers it has ended, so
 * that one of whoever has died on the way is continued.
 */
export const turnConsumer = (
  { turns, runTurn }: { turns: Pick<Turns, 'begin'>; runTurn: RunTurn },
  parts: ConsumerParts,
): Consume =>
  consume(parts, {
    schema: turnMessage,
    order: 'parallel',
    tenantOf: ({ tenant_id }) => tenant_id,
    idsOf: ({ tenant_id, conversation_id }) => ({ tenant_id, conversation_id }),
    failed: 'A turn could not be worked on; it is tried again.',
    limits,

    async handle({ message }, invocation) {
      const { sequence, ...key } = message;
      for (;;) {
        const turn = await turns.begin(key, sequence, 'queued');
        if (turn?.state === 'ended') return done;
        const progress = await runTurn(key, invocation);
        if (progress.kind !== 'waits') continue;
        const seconds = Math.ceil(progress.forMs / 1000);
        const afterSeconds = Math.min(latestSeconds, Math.max(soonSeconds, seconds));
        return { kind: 'retry', afterSeconds };
      }
    },
  });
