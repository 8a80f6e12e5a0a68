import type { LogOfIds } from '../../shared/log.ts';
import type { EventWriter } from './event-writer.ts';
import type { RunTurnPorts } from './ports.ts';
import type { Watch } from './watch-turn.ts';

/** What the steps of one turn share. */
export interface TurnWork {
  ports: RunTurnPorts;
  writer: EventWriter;
  watch: Watch;
  log: LogOfIds;
}
