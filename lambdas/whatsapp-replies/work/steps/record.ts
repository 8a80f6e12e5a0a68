import { EngineError } from '../../../shared/errors.ts';
import { errorForLog } from '../../../shared/log.ts';
import type { ReplyPorts, StepResult } from '../answer-turn.ts';
import type { Turn } from '../turn.ts';

/** The code of the error that means: the customer has the reply, our record of it is missing. */
export const notRecorded = 'reply_not_recorded';

/** Writes the reply into the conversation and closes the turn. */
export async function recordTurn(turn: Turn, ports: ReplyPorts): Promise<StepResult> {
  try {
    await ports.store.recordReply(turn);
    const recorded: Turn = { ...turn, state: 'recorded', lease_until: 0 };
    const saved = await ports.store.saveTurn(recorded);
    await note(saved, ports);
    return { kind: 'moved', turn: saved };
  } catch (error) {
    const isSent = turn.parts.some((part) => part.state === 'sent');
    throw isSent ? recordFailed(turn, error, ports) : error;
  }
}

async function note(turn: Turn, ports: ReplyPorts): Promise<void> {
  const seconds = (ports.clock.now() - Date.parse(turn.inputs[0]?.received_at ?? '')) / 1000;
  if (turn.parts.some((part) => part.state === 'sent')) {
    ports.meter.count('RepliesSent');
    await ports.countReply(turn);
    ports.meter.seconds('ReplySeconds', Math.max(0, seconds));
    const sendMs = ports.clock.now() - (turn.answered_at ?? ports.clock.now());
    ports.meter.seconds('SendSeconds', Math.max(0, sendMs / 1000));
  }
  ports.log.info('The turn is recorded.', {
    outcome: turn.outcome,
    messages: turn.inputs.length,
    parts: turn.parts.length,
    seconds,
  });
}

/**
 * Logs all that is needed to repair the record by hand and makes the error by which the queue loop
 * lets the message go: the customer has been answered and must not be answered twice.
 */
export function recordFailed(turn: Turn, error: unknown, ports: ReplyPorts): EngineError {
  ports.meter.count('RepliesNotRecorded');
  ports.log.critical('The reply was sent but could not be recorded.', {
    company_id: turn.company_id,
    conversation_id: turn.conversation_id,
    turn_id: turn.turn_id,
    message_sids: turn.parts.flatMap((part) => part.message_sid ?? []),
    error: errorForLog(error),
  });
  return new EngineError(
    'discard',
    notRecorded,
    `The reply of turn ${turn.turn_id} is sent, not recorded.`,
    {
      cause: error,
    },
  );
}
