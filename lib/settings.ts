import { isStageName, type StageName, stages } from './stages.ts';

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

/** Reads the settings; throws one error that says what is wrong and what would be right. */
export function readSettings(
  context: NamingContext,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const projectPrefix = String(context.ProjectPrefix ?? 'replies-engine');
  if (!/^[a-z][a-z0-9-]{0,27}$/.test(projectPrefix)) {
    throw new Error(
      `Expected ProjectPrefix to be up to 28 lower-case letters, digits and hyphens, got "${projectPrefix}".`,
    );
  }
  const environmentName = String(context.EnvironmentName ?? 'dev');
  if (!isStageName(environmentName)) {
    const known = Object.keys(stages).join(', ');
    throw new Error(`Expected EnvironmentName to be one of ${known}, got "${environmentName}".`);
  }
  const passedOn = Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] =>
        Boolean(entry[1]) && (passedOnNames.includes(entry[0]) || assistantName.test(entry[0])),
    ),
  );
  return { projectPrefix, environmentName, passedOn };
}
