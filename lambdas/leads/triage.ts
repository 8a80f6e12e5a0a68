import { errorForLog, type Log, type Meter } from '../shared/log.ts';
import { type Consume, consume } from '../shared/queue/consume.ts';
import type { ConsumerParts } from '../shared/queue/consumer.ts';
import { done, type HistoryEntry } from '../shared/queue/outcome.ts';
import { limits } from './limits.ts';
import { type TriageMessage, triageMessage } from './messages.ts';

export interface TriageConsumerPorts {
  /** `log` names the lead on every line; `tries` counts this one. */
  triage(message: TriageMessage, log: Log, tries: number): Promise<void>;
  /** Keeps with the lead that a try has failed. */
  recordFailed(tenantId: string, leadId: string, entry: HistoryEntry): Promise<void>;
  meter: Pick<Meter, 'count'>;
}

const leadIdOf = (message: TriageMessage): string =>
  message.kind === 'triage' ? message.lead.id : message.lead_id;

/** Classifies leads, all of a batch at the same time. */
export const triageConsumer = (
  { triage, recordFailed, meter }: TriageConsumerPorts,
  parts: ConsumerParts,
): Consume =>
  consume(parts, {
    schema: triageMessage,
    order: 'parallel',
    tenantOf: ({ tenant_id }) => tenant_id,
    idsOf: (message) => ({ tenant_id: message.tenant_id, lead_id: leadIdOf(message) }),
    failed: 'A lead could not be classified; it is tried again.',
    limits,
    async handle({ message, log, tries }) {
      await triage(message, log, tries);
      return done;
    },
    async onFailure({ message, log }, { kind, error }) {
      meter.count('TriageFailed');
      const what = kind === 'dead' ? 'dead' : 'failed';
      const entry: HistoryEntry = { at: parts.clock.now(), what, error_code: error.code };
      await recordFailed(message.tenant_id, leadIdOf(message), entry).catch((thrown) =>
        log.warn('The failed attempt could not be recorded with its lead.', {
          error: errorForLog(thrown),
        }),
      );
      return undefined;
    },
  });
