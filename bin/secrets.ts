import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import { parseTwilioCredentials } from '../lambdas/vendors/twilio/credentials.ts';
import { runCommand, say } from './command.ts';
import { secretId, secretNames } from './secret-names.ts';
import { CommandError, readNumber } from './target.ts';

const usage = `Fills the secrets of a deployed stack from the environment, never from the command line:

  OPENAI_API_KEY=… TWILIO_ACCOUNT_SID=… TWILIO_AUTH_TOKEN=… TWILIO_PHONE_NUMBER=… \\
    MAILBOX_API_KEY=… npm run secrets -- --stage dev

  --stage dev|prod              which deployment; has to be named
  --prefix NAME                 its ProjectPrefix; replies-engine by default

Variables that are not set leave their secret as it is. A new value is used within 15 minutes, and at
once after the old one was refused.`;

const command = {
  name: 'secrets',
  usage,
  options: {},
  actions: { '': {} },
} as const;

const keysByCompany = z.record(z.string(), z.string().check(z.minLength(1)));

await runCommand(command, async ({ target }) => {
  if (target.stage === 'local') {
    throw new CommandError(
      'Which deployment? --stage dev or --stage prod. (npm start takes these variables from its environment.)',
    );
  }
  const secrets = [openAi(), twilio(), mailbox()];
  if (secrets.every(({ value }) => value === undefined)) {
    throw new CommandError('None of the variables is set; see npm run secrets -- --help.');
  }
  const client = new SecretsManagerClient({});
  for (const { name, value, variables } of secrets) {
    if (value === undefined) {
      say(`Left as it is: ${name} (set ${variables} to fill it).`);
      continue;
    }
    const id = secretId(target, name);
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: value }));
    say(`Filled: ${id}`);
  }
});

interface NamedSecret {
  name: string;
  variables: string;
  value: string | undefined;
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

/** One key, or a JSON object of keys by company. */
function mailbox(): NamedSecret {
  const value = variable('MAILBOX_API_KEY');
  if (value?.startsWith('{') && !isKeysByCompany(value)) {
    throw new CommandError(
      'MAILBOX_API_KEY begins like a JSON object of keys by company, such as {"acme": "…"}, but is none.',
    );
  }
  return { name: secretNames.mailbox, variables: 'MAILBOX_API_KEY', value };
}

function isKeysByCompany(text: string): boolean {
  try {
    return keysByCompany.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
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
    throw new CommandError('TWILIO_ACCOUNT_SID is no account SID: AC and 32 hexadecimal digits.');
  }
  return { ...named, value };
}
