import { Command } from '@commander-js/extra-typings';
import { onDeployment } from '../command.ts';

const more = `
  OPENAI_API_KEY=… TWILIO_ACCOUNT_SID=… TWILIO_AUTH_TOKEN=… TWILIO_PHONE_NUMBER=… \\
    MAILBOX_API_KEY=… npx replies secrets --stage dev

Variables that are not set leave their secret as it is. MAILBOX_API_KEY is one key, of the deployment's own
mailbox or of one company's, and leaves the others' as they are; or it is a JSON object of keys by company, such
as {"acme": "…", "globex": "…"}, and replaces all, also the deployment's, which is under "*". A new value is used
within 15 minutes, and at once after the old one was refused.`;

/** `replies secrets` */
export const secrets = () =>
  onDeployment(new Command('secrets'))
    .summary('fills the secrets from the environment')
    .description(
      'Fills the secrets of a deployed stack from the environment, never from the command line.',
    )
    .option(
      '--company <id>',
      "MAILBOX_API_KEY is the key of this company's mailbox; no other secret is filled",
    )
    .addHelpText('after', more)
    .action(async (options) => (await import('../secrets.ts')).fill(options));
