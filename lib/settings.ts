import { operatorEnvironment as emailEnvironment } from '../lambdas/email-deadlines/environment.ts';
import {
  checkValues,
  deploymentEnvironment,
  refusePlaceholders,
  SettingsError,
} from './setting-values.ts';
import { isStageName, type StageName, stages } from './stages.ts';

export { SettingsError };

/** What an operator chooses for a deployment, beside its stage. */
export interface Settings {
  projectPrefix: string;
  environmentName: StageName;
  /** Environment variables that are handed to the functions as they are, where they are set. */
  passedOn: Readonly<Record<string, string>>;
  /** Who receives the alarms. */
  alarmEmail: string | undefined;
  /** Where the runbook is read; alarms lead there. */
  runbookUrl: string;
  /** How many invocations the AWS account runs at the same time, all functions together; undefined where nobody says. */
  accountConcurrency: number | undefined;
}

/** The names that distinguish deployments, from the CDK context. */
export interface NamingContext {
  ProjectPrefix?: unknown;
  EnvironmentName?: unknown;
}

/** Variables of the synthesizing shell that reach the functions. */
const passedOnNames = [
  'PUBLIC_BASE_URL',
  'PUBLIC_STREAMING_BASE_URL',
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
const knownNames = [...passedOnNames, ...Object.keys(deploymentEnvironment.shape)];
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
  const isKnown = (name: string) => knownNames.includes(name) || assistantName.test(name);
  const given = Object.fromEntries(Object.entries(environment).filter(([name]) => isKnown(name)));
  if (environmentName === 'prod') refusePlaceholders(given);
  const filled = Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  checkValues(filled);
  const {
    ALARM_EMAIL: alarmEmail,
    RUNBOOK_URL: runbookUrl,
    ACCOUNT_CONCURRENCY: accountConcurrency,
  } = deploymentEnvironment.parse(filled);
  const passedOn = Object.fromEntries(
    Object.entries(filled).filter(([name]) => !(name in deploymentEnvironment.shape)),
  );
  return { projectPrefix, environmentName, passedOn, alarmEmail, runbookUrl, accountConcurrency };
}
