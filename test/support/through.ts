type AnySend = (command: unknown) => Promise<unknown>;

/** A table or a queue, as far as it is called. */
export interface Called {
  client: { send: unknown };
}

/** The same table or queue through another client, by what becomes of a call. */
export function through<T extends Called>(
  called: T,
  send: (command: unknown, real: AnySend) => Promise<unknown>,
): T {
  const client = called.client as { send: AnySend };
  const real: AnySend = (command) => client.send(command);
  return { ...called, client: { send: (command: unknown) => send(command, real) } };
}

export const isWrite = (command: unknown): boolean =>
  !/^(Get|BatchGet|Query|Scan|List|Receive)/.test(Object(command).constructor.name);
