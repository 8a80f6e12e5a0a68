import { operatorEnvironment } from '../lambdas/whatsapp-replies/contract.ts';
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

/** A value that the functions could not read must not be deployed. */
function checkValues(passedOn: Readonly<Record<string, string>>): void {
  const result = operatorEnvironment.safeParse(passedOn);
  if (result.success) return;
  const names = [...new Set(result.error.issues.map((issue) => String(issue.path[0])))];
  throw new SettingsError(
    `Of no use as they are set: ${names.map((name) => `${name}="${passedOn[name]}"`).join(', ')}. ` +
      'URLs start with http:// or https://, RUN_MAX_WAIT_SECONDS is 5 to 3600, RETENTION_DAYS 1 to 3650, ' +
      'LOG_LEVEL one of DEBUG, INFO, WARN, ERROR.',
  );
}
