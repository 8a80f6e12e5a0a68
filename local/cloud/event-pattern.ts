/** An EventBridge event, as rules match it and queues get it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** To the second. */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

type Json = Record<string, unknown>;

/** Whether an event matches. */
export type EventPattern = (event: BusEvent) => boolean;

/**
 * The event pattern of a rule: every field that it names must have one of its values, an exact one or a
 * `prefix`. Throws on any other operator, so that no rule matches more here than on AWS.
 */
export function eventPattern(pattern: unknown): EventPattern {
  const fits = fieldsOf(pattern, '$');
  return (event) => fits(event as unknown as Json);
}

type Fits<T> = (value: T) => boolean;

function fieldsOf(pattern: unknown, place: string): Fits<unknown> {
  if (!isObject(pattern) || Object.keys(pattern).length === 0) {
    throw new Error(`The event pattern at ${place} must name fields.`);
  }
  const fields = Object.entries(pattern).map(([name, wanted]) => {
    if (name.startsWith('$')) throw unknown(name, place);
    const at = `${place}.${name}`;
    const fits = Array.isArray(wanted) ? valuesOf(wanted, at) : fieldsOf(wanted, at);
    return (value: Json) => fits(Object.hasOwn(value, name) ? value[name] : undefined);
  });
  return (value) => isObject(value) && fields.every((fits) => fits(value));
}

/** A field that holds a list matches when any of its items does. */
function valuesOf(wanted: unknown[], place: string): Fits<unknown> {
  if (wanted.length === 0) throw new Error(`The event pattern at ${place} has no values.`);
  const choices = wanted.map((one) => choiceOf(one, place));
  return (value) =>
    [value].flat().some((item) => item !== undefined && choices.some((fits) => fits(item)));
}

function choiceOf(wanted: unknown, place: string): Fits<unknown> {
  if (!isObject(wanted)) return (value) => value === wanted;
  const [[operator, argument] = ['', undefined], ...more] = Object.entries(wanted);
  if (operator !== 'prefix' || typeof argument !== 'string' || more.length > 0) {
    throw unknown(JSON.stringify(wanted), place);
  }
  return (value) => typeof value === 'string' && value.startsWith(argument);
}

const unknown = (what: string, place: string) =>
  new Error(
    `The local cloud does not support ${what} in the event pattern at ${place}; add it in local/cloud/event-pattern.ts.`,
  );

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
