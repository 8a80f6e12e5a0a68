import type { TurnEvent } from '../agents/ports.ts';

/** How a turn's events become the text of a stream. */
export interface StreamEncoding {
  headers: Readonly<Record<string, string>>;
  begin: string;
  event(event: TurnEvent): string;
}

/** What keeps a silent connection alive; readers pass over it. */
export const heartbeat = ': alive\n\n';

const retryMs = 2_000;

/** One event of server-sent events (WHATWG HTML 9.2); JSON has no line breaks of its own. */
export const sseEvent = (data: unknown, id?: number): string =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;

/** Each event as it is, under its sequence. */
export const plainStream = (): StreamEncoding => ({
  headers: {},
  begin: `retry: ${retryMs}\n\n`,
  event: (event) => sseEvent(event, event.sequence),
});
