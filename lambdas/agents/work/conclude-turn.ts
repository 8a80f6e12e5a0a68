import type { Message } from '../../conversations/conversation.ts';
import { isoTime } from '../../shared/clock.ts';
import { retryLater } from '../../shared/errors.ts';
import type { Turn } from '../ports.ts';
import { toldOf, turnTaken } from './event-writer.ts';
import type { Agent } from './ports.ts';
import { type Ending, newTurn, turnOf } from './turn-record.ts';
import type { TurnWork } from './turn-work.ts';

/** Appends the answer, tells the end, and ends the turn; the turn that follows it, if messages have come meanwhile. */
export async function concludeTurn(
  work: TurnWork,
  agentOf: () => Promise<Agent>,
  ending: Ending,
): Promise<Turn | undefined> {
  const { ports, watch, writer } = work;
  const { run_id, tenant_id, conversation_id } = watch.turn;
  const outcome = writer.told.last ? ending.outcome : await told(work, ending);
  const next = await endOf(work, outcome);
  if (outcome === 'answered') {
    ports.meter.count('TurnsAnswered');
    await ports.countReply(tenant_id);
  }
  if (run_id) await forget(agentOf, run_id);
  // The queue has its message too, but for whoever has died: it may come much later.
  if (next) {
    const sequence = next.through_sequence;
    await ports.queue.put({ tenant_id, conversation_id, sequence }, 0);
  }
  return next;
}

/** What we keep ourselves need not be kept at the vendor. */
async function forget(agentOf: () => Promise<Agent>, runId: string): Promise<void> {
  const agent = await agentOf().catch(() => undefined);
  await agent?.model.forget(runId).catch(() => undefined);
}

/** The last event, behind the message that it tells of. */
async function told(work: TurnWork, ending: Ending): Promise<Ending['outcome']> {
  const { writer } = work;
  if (ending.outcome === 'failed') {
    const value = 'The answer could not be given. Please write again.';
    await writer.settle('');
    await writer.tell({ event: 'error', value, code: ending.code ?? 'unexpected' });
    return 'failed';
  }
  const result = ending.outcome === 'withheld' ? undefined : await appended(work, ending);
  const outcome = result === 'withheld' ? 'withheld' : ending.outcome;
  const message = result === 'withheld' ? undefined : result;
  const value = message?.text ?? '';
  await writer.settle(value);
  await writer.tell({ event: 'complete', value, outcome, ...(message && { message }) });
  return outcome;
}

/** The answer in the conversation: undefined where there is nothing to say, withheld where a person has it. */
async function appended(
  { ports, watch }: TurnWork,
  ending: Ending,
): Promise<Message | 'withheld' | undefined> {
  const { turn } = watch;
  const { text } = await toldOf(ports.events, turn, ending.through_event);
  if (text.trim() === '') return undefined;
  const answer = {
    message_id: `${turn.turn_id}:answer`,
    role: 'assistant',
    text,
    author: { id: `agent:${turn.agent ?? 'assistant'}` },
    turn_id: turn.turn_id,
  } as const;
  const result = await ports.conversations.append(turn, [answer], {
    after: turn.through_sequence,
    automatic: true,
  });
  return result.kind === 'withheld' ? 'withheld' : result.messages[0];
}

const maxTries = 5;

async function endOf(work: TurnWork, outcome: Ending['outcome']): Promise<Turn | undefined> {
  const { ports, watch } = work;
  for (let tries = 0; tries < maxTries; tries++) {
    const { turn } = watch;
    if (turn.wanted_sequence <= turn.through_sequence) {
      if (await ports.turns.end(turn, outcome)) return undefined;
    } else {
      const over = { ...turn, outcome };
      const next = newTurn(turn, turn.wanted_sequence, isoTime(ports.clock.now()), over);
      if (await ports.turns.succeed(turn, next)) return turnOf(next);
    }
    await watch.renew();
  }
  throw retryLater(turnTaken, `Messages come faster than ${watch.turn.turn_id} ends.`);
}
