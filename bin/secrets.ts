import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  areKeysByCompany,
  withMailboxKey,
} from '../lambdas/email-deadlines/vendors/mailbox-keys.ts';
import { parseTwilioCredentials } from '../lambdas/vendors/twilio/credentials.ts';
import { CommandError, type Target } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { say } from './output.ts';
import { secretId, secretNames } from './secret-names.ts';
import { readNumber, readTenantId } from './target.ts';

/** Fills the secrets whose variables are set. */
export async function fill({
  company,
  ...target
}: Target & { company?: string | undefined }): Promise<void> {
  if (target.stage === 'local') {
    throw new CommandError(
      'Which deployment? --stage dev or --stage prod. (npm start takes these variables from its environment.)',
    );
  }
  const secrets =
    company === undefined ? [openAi(), twilio(), mailbox()] : [mailboxOf(readTenantId(company))];
  if (secrets.every(({ value }) => value === undefined)) {
    throw new CommandError('None of the variables is set; see npx replies secrets --help.');
  }
  if (company !== undefined) await existingCompany(company, target);
  const client = new SecretsManagerClient({});
  for (const { name, value, variables } of secrets) {
    if (value === undefined) {
      say(`Left as it is: ${name} (set ${variables} to fill it).`);
      continue;
    }
    const id = secretId(target, name);
    const text = typeof value === 'string' ? value : value(await storedIn(client, id));
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: text }));
    say(`Filled: ${id}`);
  }
}

interface NamedSecret {
  name: string;
  variables: string;
  /** Told by what is stored where only a part of it changes. */
  value: string | ((stored: string | undefined) => string) | undefined;
}

/** What the secret holds; undefined where it was not filled yet. */
async function storedIn(client: SecretsManagerClient, id: string): Promise<string | undefined> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    return SecretString;
  } catch (error) {
    // Where the secret itself is not there, filling it says so.
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function variable(name: string): string | undefined {
  return process.env[name]?.trim() || undefined;
}

function openAi(): NamedSecret {
  return {
    name: secretNames.openAi,
    variables: 'OPENAI_API_KEY',
    value: variable('OPENAI_API_KEY'),
  };
}

/** The key of the deployment's own mailbox, or a JSON object of keys by company in place of all. */
function mailbox(): NamedSecret {
  const named = { name: secretNames.mailbox, variables: 'MAILBOX_API_KEY' };
  const given = variable('MAILBOX_API_KEY');
  if (given === undefined) return { ...named, value: undefined };
  if (!given.startsWith('{')) return { ...named, value: withThisKey(given) };
  if (areKeysByCompany(given)) return { ...named, value: given };
  throw new CommandError(
    'MAILBOX_API_KEY begins like a JSON object of keys by company, such as {"acme": "…"}, but is none.',
  );
}

/** The key of one company's mailbox. */
function mailboxOf(company: string): NamedSecret {
  const key = variable('MAILBOX_API_KEY');
  if (!key || key.startsWith('{')) {
    throw new CommandError('With --company, MAILBOX_API_KEY is the key of its mailbox: one text.');
  }
  const value = withThisKey(key, company);
  return { name: secretNames.mailbox, variables: 'MAILBOX_API_KEY', value };
}

function withThisKey(key: string, company?: string) {
  return (stored: string | undefined): string => {
    try {
      return withMailboxKey(stored, company, key);
    } catch {
      throw new CommandError(
        'What is stored of mailbox keys is malformed: give all of them, as one JSON object by company.',
      );
    }
  };
}

function twilio(): NamedSecret {
  const [sid, token, number] = [
    variable('TWILIO_ACCOUNT_SID'),
    variable('TWILIO_AUTH_TOKEN'),
    variable('TWILIO_PHONE_NUMBER'),
  ];
  const variables = 'TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER';
  const named = { name: secretNames.twilio, variables };
  if (!sid && !token && !number) return { ...named, value: undefined };
  const missing = [
    ...(sid ? [] : ['TWILIO_ACCOUNT_SID']),
    ...(token ? [] : ['TWILIO_AUTH_TOKEN']),
    ...(number ? [] : ['TWILIO_PHONE_NUMBER']),
  ];
  if (missing.length > 0) {
    throw new CommandError(`Twilio's secret takes ${variables}: ${missing.join(', ')} is missing.`);
  }
  const value = JSON.stringify({
    twilio_account_sid: sid,
    twilio_auth_token: token,
    twilio_phone_number: readNumber(number),
  });
  try {
    parseTwilioCredentials(value);
  } catch {
    throw new CommandError(
      'TWILIO_ACCOUNT_SID is not an account SID: AC and 32 hexadecimal digits.',
    );
  }
  return { ...named, value };
}
