import { statSync } from 'node:fs';
import { type Command, readCommand } from '../command.ts';

export interface ChatOptions {
  /** The customer's number, such as +15551230001. */
  from: string;
  /** The business's number, when it is not the one that runs here. */
  to?: string;
  timeoutSeconds: number;
  imagePath?: string;
  /** More fields of Twilio's webhook, or others in place of the usual ones. */
  extra: Record<string, string>;
  /** Empty when the messages come from the terminal or from stdin. */
  text: string;
}

export const usage = `Chat as a WhatsApp customer with the product that runs from npm start.

  npm run chat                      a conversation in this terminal
  npm run chat -- Hello there       one message; prints the reply
  npm run chat < questions.txt      each line a message, answered one after the other

  --from +15551230001   the customer's number
  --to +14155238886     the business's number; the running one by default
  --timeout 120         how many seconds to wait for a reply
  --image photo.jpg     a picture to send with the message
  --field NAME=VALUE    a field of Twilio's webhook with the message, such as
                        ReferralHeadline=Sale or OriginalRepliedMessageSid=SM…; may be repeated
  --help                this text

Replies go to stdout, progress to stderr.
Exit code 0: replied, or STOP, which gets no reply; 1: no reply; 2: wrong options.`;

const phoneNumber = /^\+[1-9]\d{6,14}$/;

const flags = {
  from: { type: 'string', default: '+15551230001' },
  to: { type: 'string' },
  timeout: { type: 'string', default: '120' },
  image: { type: 'string' },
  field: { type: 'string', multiple: true },
  help: { type: 'boolean', default: false },
} as const;

export const parseCommand = (args: string[]): Command<ChatOptions> =>
  readCommand(
    args,
    { script: 'chat', options: flags },
    (values, positionals): Command<ChatOptions> =>
      values.help ? { kind: 'help' } : { kind: 'run', options: checked(values, positionals) },
  );

interface Values {
  from: string;
  to?: string | undefined;
  timeout: string;
  image?: string | undefined;
  field?: string[] | undefined;
}

function checked(values: Values, positionals: string[]): ChatOptions {
  const timeoutSeconds = Number(values.timeout);
  if (!(timeoutSeconds > 0)) {
    throw new Error(`--timeout is a number of seconds, not ${values.timeout}.`);
  }
  if (values.image !== undefined && !isFile(values.image)) {
    throw new Error(`--image is to be a file: there is none at ${values.image}.`);
  }
  return {
    from: numberOf('--from', values.from),
    to: values.to === undefined ? undefined : numberOf('--to', values.to),
    timeoutSeconds,
    imagePath: values.image,
    extra: Object.fromEntries((values.field ?? []).map(fieldOf)),
    text: positionals.join(' '),
  };
}

function fieldOf(text: string): [name: string, value: string] {
  const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new Error(`--field is a name and a value such as ReferralHeadline=Sale, not ${text}.`);
}

const isFile = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function numberOf(flag: string, text: string): string {
  const number = text.replace(/^whatsapp:/, '');
  if (phoneNumber.test(number)) return number;
  throw new Error(`${flag} is a number such as +15551230001, not ${text}.`);
}
