import type { RunTurn } from '../ports.ts';
import type { Told } from './event-writer.ts';
import type { RunTurnPorts } from './ports.ts';
import type { TurnRecord } from './turn-record.ts';

type Wrote = Parameters<RunTurn>[2];

/** Times the first words that readers see of a turn. */
export function timingFirstWords(
  { clock, meter }: RunTurnPorts,
  { created_at }: TurnRecord,
  { text }: Told,
  wrote: Wrote,
): NonNullable<Wrote> {
  let isSilent = text === '';
  return (events) => {
    if (isSilent && events.some((one) => one.event === 'response_chunk' && one.value !== '')) {
      isSilent = false;
      meter.seconds('FirstWordsSeconds', (clock.now() - Date.parse(created_at)) / 1_000);
    }
    wrote?.(events);
  };
}
