import { statSync } from 'node:fs';
import { Command, Option } from '@commander-js/extra-typings';
import { CommandError, examples, numeric } from '../command.ts';

const more = `${examples(
  'chat                      a conversation in this terminal',
  'chat Hello there          one message; prints the reply',
  'chat < questions.txt      each line a message, answered one after the other',
)}

Replies go to stdout, progress to stderr. Exit code 0: replied, or STOP, which gets no reply; 1: no reply.`;

/** `replies chat` */
export const chat = () =>
  new Command('chat')
    .description('Chat as a WhatsApp customer with the product that runs from npm start.')
    .summary('chats as a WhatsApp customer')
    .argument('[text...]', 'a message; without one, what you type')
    .addOption(number('--from <number>', "the customer's number").default('+15551230001'))
    .addOption(number('--to <number>', "the business's number; the running one by default"))
    .addOption(
      numeric('--timeout <seconds>', 'how long to wait for a reply', [0.001, 86_400]).default(120),
    )
    .option('--image <file>', 'a picture to send with the message', readImage)
    .option(
      '--field <name=value>',
      "a field of Twilio's webhook with the message, such as ReferralHeadline=Sale or OriginalRepliedMessageSid=SM…; may be repeated",
      readField,
    )
    .addHelpText('after', more)
    .action(async (text, { from, to, timeout: timeoutSeconds, image: imagePath, field = {} }) => {
      const { talk } = await import('../../local/chat/main.ts');
      const options = { from, to, timeoutSeconds, imagePath, extra: field, text: text.join(' ') };
      const replied = await talk(options, process.env['DATA_DIR'] ?? '.local', process);
      process.exitCode = replied ? 0 : 1;
    });

function number<const Flags extends string>(flags: Flags, says: string) {
  return new Option(flags, says).argParser((text: string): string => {
    const number = text.replace(/^whatsapp:/, '');
    if (/^\+[1-9]\d{6,14}$/.test(number)) return number;
    const [flag] = flags.split(' ');
    throw new CommandError(`${flag} is a number such as +15551230001, not ${text}.`);
  });
}

function readImage(file: string): string {
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  throw new CommandError(`--image is to be a file: there is none at ${file}.`);
}

/** A field of the webhook as it was typed, with those before it. */
export function readField(
  text: string,
  before: Record<string, string> = {},
): Record<string, string> {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...before, [name]: value };
  throw new CommandError(
    `--field is a name and a value such as ReferralHeadline=Sale, not ${text}.`,
  );
}
