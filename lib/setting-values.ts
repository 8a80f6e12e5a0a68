import * as z from 'zod/mini';
import { operatorEnvironment as platformEnvironment } from '../lambdas/administration/environment.ts';
import { operatorEnvironment as emailEnvironment } from '../lambdas/email-deadlines/environment.ts';
import { operatorEnvironment as whatsAppEnvironment } from '../lambdas/whatsapp-replies/environment.ts';

/** A setting that a person must fix; its message is one plain line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** What an operator may set for the deployment itself; no function reads it. */
export const deploymentEnvironment = z.object({
  ALARM_EMAIL: z
    .optional(z.email())
    .check(
      z.describe(
        'Who is told of alarms; AWS asks them to confirm. In `prod` there are alarms in any case (output `AlarmTopicArn`), in `dev` only where somebody is told',
      ),
    ),
  RUNBOOK_URL: z
    ._default(z.string().check(z.regex(/^https:\/\/[^\s#]+$/)), 'docs/runbook.md')
    .check(z.describe('Where you read the runbook; alarms lead there')),
  ACCOUNT_CONCURRENCY: z
    .optional(
      z.pipe(
        z.pipe(
          z.string(),
          z.transform((text) => Number(text)),
        ),
        z.int().check(z.gte(10), z.lte(1_000_000)),
      ),
    )
    .check(
      z.describe(
        'How many functions the AWS account runs at a time, to size the workers; a tenth is kept for Twilio’s webhooks where AWS allows it. `npm run deploy` asks AWS; `cdk deploy` does not, and gives them what the stage wants',
      ),
    ),
});

/** What each variable takes, said where one is of no use. */
const rules: Record<string, string> = {
  RUN_MAX_WAIT_SECONDS: 'it is 5 to 3600',
  RETENTION_DAYS: 'it is 1 to 3650',
  LOG_LEVEL: 'it is one of DEBUG, INFO, WARN, ERROR',
  OIDC_ISSUER: 'it starts with https://',
  OIDC_AUDIENCE: 'OIDC_ISSUER needs it',
  TEST_MODE: 'it is true or false',
  REQUEST_TIMEOUT: 'it is a number of seconds up to 60',
  MAX_RETRIES: 'it is 0 to 10',
  CONCURRENCY_LIMIT: 'it is 1 to 1000',
  INTER_DEPENDENCY_GAP: 'it is 0.0001 to 10 seconds',
  LLM_DELAY_SCALE: 'it is a number of seconds up to 60',
  LLM_DELAY_MIN: 'it is a number of seconds up to 60, not above LLM_DELAY_MAX',
  LLM_DELAY_MAX: 'it is a number of seconds up to 60, not below LLM_DELAY_MIN',
  ALARM_EMAIL: 'it is one email address',
  ACCOUNT_CONCURRENCY: 'it is a whole number from 10',
  RUNBOOK_URL: 'it starts with https:// and has no #',
  OIDC_ALGORITHM: 'it is an algorithm with public keys, such as RS256 or ES256',
};
const urlRule = 'it starts with http:// or https://';

/** Throws where a value is set that the functions could not read: it must not be deployed. */
export function checkValues(passedOn: Readonly<Record<string, string>>): void {
  const schemas = [
    whatsAppEnvironment,
    platformEnvironment,
    emailEnvironment,
    deploymentEnvironment,
  ];
  const issues = schemas.flatMap((schema) => schema.safeParse(passedOn).error?.issues ?? []);
  const names = [...new Set(issues.map((issue) => String(issue.path[0])))];
  if (names.length === 0) return;
  const faults = names.map(
    (name) => `${name}="${passedOn[name] ?? ''}": ${rules[name] ?? urlRule}`,
  );
  throw new SettingsError(`Of no use as they are set: ${faults.join('; ')}.`);
}

/** What stands where somebody was to put a value of their own. */
const placeholder =
  /^(|change[-_ ]?me|todo|tbd|xxx+|placeholder|replace[-_ ]?me|your[-_ ].*|<.*>)$/i;
/** Names that are reserved for examples, and this machine. */
const nobodysHost =
  /(^|\.)(example|invalid|test|localhost)$|(^|\.)example\.(com|net|org)$|^127\.|^\[::1?\]$|^0\.0\.0\.0$/;

/** The host of a URL or of an email address. */
const hostOf = (value: string): string =>
  URL.canParse(value) ? new URL(value).hostname : (value.split('@')[1] ?? '');

const isPlaceholder = (value: string): boolean =>
  placeholder.test(value) || nobodysHost.test(hostOf(value));

/** Throws where a value is still a placeholder; names the variables, and never the values. */
export function refusePlaceholders(values: Readonly<Record<string, string | undefined>>): void {
  const names = Object.keys(values).filter(
    (name) => values[name] !== undefined && isPlaceholder(values[name].trim()),
  );
  if (names.length === 0) return;
  throw new SettingsError(
    `Of no use in production, because they are placeholders, empty or of this machine: ${names.join(', ')}. Set them to what they are to be, or leave them out.`,
  );
}
