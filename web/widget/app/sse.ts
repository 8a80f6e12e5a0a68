/** One event of a stream. */
export interface StreamEvent {
  id?: string;
  data: string;
}

/** Reads `text/event-stream` in pieces that may be cut anywhere; calls `retry` with what the server asks for. */
export function sseParser(event: (event: StreamEvent) => void, retry?: (ms: number) => void) {
  let rest = '';
  let data: string[] = [];
  let id: string | undefined;
  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0) event({ ...(id !== undefined && { id }), data: data.join('\n') });
      data = [];
      id = undefined;
      return;
    }
    const colon = text.indexOf(':');
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'id') id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) retry?.(Number(value));
  };
  return (piece: string): void => {
    rest += piece;
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(rest);
      if (!end) return;
      line(rest.slice(0, end.index));
      rest = rest.slice(end.index + end[0].length);
    }
  };
}
