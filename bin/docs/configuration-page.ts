import * as z from 'zod/mini';
import { operatorEnvironment as administration } from '../../lambdas/administration/environment.ts';
import { knownFeatures } from '../../lambdas/administration/features.ts';
import { operatorEnvironment as email } from '../../lambdas/email-deadlines/environment.ts';
import { operatorEnvironment as whatsApp } from '../../lambdas/whatsapp-replies/environment.ts';
import { deploymentEnvironment } from '../../lib/setting-values.ts';

/** The part of a JSON Schema that the tables show. */
interface Shown {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  items?: Shown;
  properties?: Record<string, Shown>;
  /** Of a record by languages. */
  additionalProperties?: Shown | boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

/** The page docs/reference/configuration.md: variables and features, from the schemas by which they are read. */
export const configurationPage = (): string => `# Configuration

This page is made from the schemas by \`npm run docs\`.

## Variables of the deployment

Set them for \`npm start\` and \`npm run deploy\` alike; they reach the functions. The stage \`prod\` refuses
placeholders: empty values, \`changeme\`, \`example.com\` and other reserved names, \`localhost\`.

${table(
  ['Variable', 'Meaning', 'Takes', 'Default'],
  [
    ...[whatsApp, email, administration, deploymentEnvironment].flatMap((schema) =>
      Object.entries(shown(schema, 'output').properties ?? {}).map(([name, value]) => [
        code(name),
        value.description ?? '',
        taken(value),
        defaultOf(value),
      ]),
    ),
    [
      code('DEFAULT_ASSISTANT_ID'),
      'The assistant of companies that have configured none, on a server that speaks the Assistants protocol',
      'text',
      '',
    ],
    [
      code('{company_id}_{project_id}_ASSISTANT_ID'),
      'The same for one company’s project',
      'text',
      '',
    ],
  ],
)}

## Variables of npm start

${table(
  ['Variable', 'Meaning', 'Default'],
  [
    ['`OPENAI_API_KEY`', 'Uses the real OpenAI', 'simulated'],
    [
      '`TWILIO_ACCOUNT_SID`',
      'With the auth token: uses the real Twilio',
      '`AC` and 32 zeros, simulated',
    ],
    ['`TWILIO_AUTH_TOKEN`', 'Signs and checks webhooks', '`local-auth-token`'],
    ['`TWILIO_PHONE_NUMBER`', 'The demo’s business number', '`+14155238886`'],
    ['`OPENAI_BASE_URL`', 'As above', 'OpenAI’s'],
    ['`TWILIO_BASE_URL`', 'As above', 'Twilio’s'],
    ['`EMAILS_URL`', 'With `RESPOND_URL`: a real mailbox', 'simulated'],
    ['`RESPOND_URL`', 'Where replies are posted', 'simulated'],
    ['`MAILBOX_API_KEY`', 'The mailbox’s `api_key`', '`local-key`'],
    ['`PORT`', 'Port of the HTTP API, on 127.0.0.1', '`3000`'],
    [
      '`PUBLIC_BASE_URL`',
      'The URL under which Twilio reaches the API; signatures are checked against it, and its host is served',
      '`http://localhost:$PORT`',
    ],
    [
      '`DATA_DIR`',
      'Folder for what is kept between runs, closed to other users of the machine',
      '`.local`',
    ],
  ],
)}

## Features

A company’s own configuration, set by \`POST /tenant-configuration/FEATURE\` with \`{"feature_value": …}\`
([how](../guides/api.md)), and used within half a minute. A feature has versions, and \`…/changes\` says who set it.
\`assistant.PROJECT\` is the assistant of one project.

${Object.entries(knownFeatures)
  .map(([name, schema]) => `### ${name}\n\n${featureTable(schema)}`)
  .join('\n\n')}
`;

const featureTable = (schema: z.ZodMiniType): string =>
  table(['Field', 'Meaning', 'Takes', 'Default'], fieldsOf(shown(schema, 'input')));

/** Fields of objects within are named with their path; those of a record by languages, for one of them. */
const fieldsOf = ({ properties = {} }: Shown, path = ''): string[][] =>
  Object.entries(properties).flatMap(([name, value]) => {
    if (value.properties) return fieldsOf(value, `${path}${name}.`);
    const each = value.additionalProperties;
    return typeof each === 'object' && each.properties
      ? fieldsOf(each, `${path}${name}.LANGUAGE.`)
      : [[code(path + name), value.description ?? '', taken(value), defaultOf(value)]];
  });

const shown = (schema: z.ZodMiniType, io: 'input' | 'output'): Shown =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Shown;

/** What a value may be, in words. */
function taken(value: Shown): string {
  if (value.enum) return value.enum.map((one) => code(String(one))).join(', ');
  switch (value.type) {
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return `a list${bounds(value.minItems, value.maxItems)}: ${taken(value.items ?? {})}`;
    case 'integer':
      return `a whole number${bounds(value.minimum, value.maximum)}`;
    case 'number':
      return `a number${bounds(value.minimum, value.maximum)}`;
    default:
      return value.maxLength ? `text of up to ${count(value.maxLength)} characters` : 'text';
  }
}

function bounds(least: number | undefined, max: number | undefined): string {
  const isOpen = max === undefined || max === Number.MAX_SAFE_INTEGER;
  if (isOpen) return least === undefined ? '' : ` from ${count(least)}`;
  return least === undefined ? ` up to ${count(max)}` : ` from ${count(least)} to ${count(max)}`;
}

const defaultOf = (value: Shown): string =>
  value.default === undefined || (Array.isArray(value.default) && value.default.length === 0)
    ? ''
    : code(typeof value.default === 'string' ? value.default : JSON.stringify(value.default));

const count = (number: number): string =>
  number.toLocaleString('en-US', { maximumFractionDigits: 4 });
const code = (text: string): string => `\`${text}\``;
const row = (cells: string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: string[], rows: string[][]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
