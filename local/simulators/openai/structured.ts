import { createHash } from 'node:crypto';
import { invalid } from './errors.ts';

/** A JSON schema as OpenAI's strict structured outputs take it. */
export type Schema = Record<string, unknown>;

/** Throws on schemas that the strict mode refuses: objects with additional or optional fields. */
export function refuseLooseSchema(schema: Schema, name: string, at: string[] = []): void {
  const place = `In context=(${at.map((part) => `'${part}'`).join(', ')})`;
  const refuse = (what: string) =>
    invalid(`Invalid schema for response_format '${name}': ${place}, ${what}`, {
      code: 'invalid_json_schema',
      param: 'text.format.schema',
    });
  if (schema['type'] === 'object') {
    const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
    const required = (schema['required'] ?? []) as string[];
    if (schema['additionalProperties'] !== false) {
      throw refuse("'additionalProperties' is required to be supplied and to be false.");
    }
    const missing = Object.keys(properties).find((key) => !required.includes(key));
    if (missing) {
      throw refuse(
        `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
      );
    }
    for (const [key, inner] of Object.entries(properties)) {
      refuseLooseSchema(inner, name, [...at, 'properties', key]);
    }
  }
  if (schema['type'] === 'array') {
    refuseLooseSchema((schema['items'] ?? {}) as Schema, name, [...at, 'items']);
  }
}

/** A value that fits the schema, derived from the text: the same for the same text. */
export function instanceOf(schema: Schema, text: string, at = ''): unknown {
  const chance = chanceOf(text + at);
  if (Array.isArray(schema['enum']))
    return schema['enum'][Math.floor(chance * schema['enum'].length)];
  switch (schema['type']) {
    case 'object':
      return Object.fromEntries(
        Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).map(
          ([key, inner]) => [key, instanceOf(inner, text, `${at}/${key}`)],
        ),
      );
    case 'array':
      return [instanceOf((schema['items'] ?? {}) as Schema, text, `${at}/0`)];
    case 'number':
      return Math.round(chance * 100) / 100;
    case 'integer':
      return Math.floor(chance * 10);
    case 'boolean':
      return chance < 0.5;
    default:
      return text.slice(0, 40);
  }
}

const chanceOf = (text: string): number =>
  createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
