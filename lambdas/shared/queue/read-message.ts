import * as z from 'zod/mini';
import { discardWork, type EngineError } from '../errors.ts';

const maxFaults = 10;

/** The message in a body; one that is malformed is an error that names the faulty fields, and none of their values. */
export function readMessage<Message>(
  schema: z.ZodMiniType<Message>,
  body: string,
): { message: Message } | { error: EngineError } {
  const value = parseJson(body);
  if (value === undefined) return { error: malformed('it is not JSON') };
  const result = z.safeParse(schema, value);
  if (result.success) return { message: result.data };
  const faults = result.error.issues.slice(0, maxFaults).map(faultOf);
  return { error: malformed(faults.join('; ')) };
}

const malformed = (what: string): EngineError =>
  discardWork('malformed_message', `The queue message is malformed: ${what}.`);

const faultOf = ({ path }: { path: PropertyKey[] }): string =>
  `${path.map(String).join('.') || 'the message'} is missing or malformed`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
