import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseTwilioCredentials } from '../lambdas/vendors/twilio/credentials.ts';
import { runCommand, say } from './command.ts';
import { secretId, secretNames } from './secret-names.ts';
import { CommandError } from './target.ts';

const usage = `Fills the secrets of a deployed stack from the environment, never from the command line:

  OPENAI_API_KEY=… TWILIO_ACCOUNT_SID=… TWILIO_AUTH_TOKEN=… TWILIO_PHONE_NUMBER=… \\
    MAILBOX_API_KEY=… npm run secrets -- --stage dev

  --stage dev|prod              which deployment
  --prefix NAME                 its ProjectPrefix; replies-engine by default

Variables that are not set leave their secret as it is. A new value is used within 15 minutes, and at
once after the old one was refused.`;

const command = {
  name: 'secrets',
  usage,
  options: { stage: { type: 'string', default: 'dev' } },
  actions: { '': {} },
} as const;

await runCommand(command, async ({ target }) => {
  if (target.stage === 'local') {
    throw new CommandError(
      'The local cloud takes these variables from the environment of npm start.',
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

function mailbox(): NamedSecret {
  return {
    name: secretNames.mailbox,
    variables: 'MAILBOX_API_KEY',
    value: variable('MAILBOX_API_KEY'),
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
  const value = JSON.stringify({
    twilio_account_sid: sid,
    twilio_auth_token: token,
    twilio_phone_number: number,
  });
  try {
    parseTwilioCredentials(value);
  } catch (error) {
    throw new CommandError(`The Twilio secret takes ${variables}; ${(error as Error).message}`);
  }
  return { ...named, value };
}
