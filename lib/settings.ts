import { operatorEnvironment as emailEnvironment } from '../lambdas/email-deadlines/environment.ts';
import { operatorEnvironment as platformEnvironment } from '../lambdas/platform/contract.ts';
import { operatorEnvironment as whatsAppEnvironment } from '../lambdas/whatsapp-replies/contract.ts';
import { isStageName, type StageName, stages } from './stages.ts';

/** A setting that a person must mend; its message is one plain line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** What an operator chooses for a deployment, beside its stage. */
export interface Settings {
  projectPrefix: string;
  environmentName: StageName;
  /** Environment variables that are handed to the functions as they are, where they are set. */
  passedOn: Readonly<Record<string, string>>;
}

/** The names by which resources are told apart, as the CDK context gives them. */
export interface NamingContext {
  ProjectPrefix?: unknown;
  EnvironmentName?: unknown;
}

/** Variables of the synthesizing shell that reach the functions. */
const passedOnNames = [
  'PUBLIC_BASE_URL',
  'OPENAI_BASE_URL',
  'TWILIO_BASE_URL',
  'DEFAULT_ASSISTANT_ID',
  'RUN_MAX_WAIT_SECONDS',
  'RETENTION_DAYS',
  'LOG_LEVEL',
  'OIDC_ISSUER',
  'OIDC_AUDIENCE',
  'OIDC_ALGORITHM',
  'OIDC_TENANT_CLAIM',
  'OIDC_ROLE_CLAIM',
  ...Object.keys(emailEnvironment.shape),
];
const assistantName = /^[A-Za-z]\w*_ASSISTANT_ID$/;

/** Reads the settings; throws a SettingsError that says what is wrong and what would be right. */
export function readSettings(
  context: NamingContext,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const projectPrefix = String(context.ProjectPrefix ?? 'replies-engine');
  if (!/^[a-z][a-z0-9-]{0,27}$/.test(projectPrefix)) {
    throw new SettingsError(
      `Expected ProjectPrefix to be up to 28 lower-case letters, digits and hyphens, got "${projectPrefix}".`,
    );
  }
  const environmentName = String(context.EnvironmentName ?? 'dev');
  if (!isStageName(environmentName)) {
    const known = Object.keys(stages).join(', ');
    throw new SettingsError(
      `Expected EnvironmentName to be one of ${known}, got "${environmentName}".`,
    );
  }
  const passedOn = Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        Boolean(entry[1]) && (passedOnNames.includes(entry[0]) || assistantName.test(entry[0])),
    ),
  );
  checkValues(passedOn);
  return { projectPrefix, environmentName, passedOn };
}

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
  OIDC_ALGORITHM: 'it is an algorithm with public keys, such as RS256 or ES256',
};
const urlRule = 'it starts with http:// or https://';

/** A value that the functions could not read must not be deployed. */
function checkValues(passedOn: Readonly<Record<string, string>>): void {
  const issues = [whatsAppEnvironment, platformEnvironment, emailEnvironment].flatMap(
    (schema) => schema.safeParse(passedOn).error?.issues ?? [],
  );
  const names = [...new Set(issues.map((issue) => String(issue.path[0])))];
  if (names.length === 0) return;
  const faults = names.map(
    (name) => `${name}="${passedOn[name] ?? ''}": ${rules[name] ?? urlRule}`,
  );
  throw new SettingsError(`Of no use as they are set: ${faults.join('; ')}.`);
}
