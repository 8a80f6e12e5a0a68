import { nothingRuns } from '../running.ts';
import { answerLines, answerOne, type Terminal } from './answer.ts';
import { converse } from './conversation.ts';
import { Phone, PhoneOffline } from './phone.ts';
import { findRunning } from './running.ts';

const startIt = 'run npm start in another terminal, then try again.';

export interface ChatOptions {
  /** The customer's number, such as +15551230001. */
  from: string;
  /** The business's number, when it is not the one that runs here. */
  to: string | undefined;
  timeoutSeconds: number;
  imagePath: string | undefined;
  /** More fields of Twilio's webhook, or others in place of the usual ones. */
  extra: Record<string, string>;
  /** Empty when the messages come from the terminal or from stdin. */
  text: string;
}

/** Talks to the product that runs here; false where no reply came. */
export async function talk(
  options: ChatOptions,
  dataDir: string,
  terminal: Terminal,
): Promise<boolean> {
  const complain = (text: string) => {
    terminal.stderr.write(`${text}\n`);
    return false;
  };
  const running = findRunning(dataDir);
  if (running.kind === 'nothing') return complain(nothingRuns(dataDir));
  if (running.kind === 'real Twilio') {
    return complain('What runs here is connected to the real Twilio: write to it on WhatsApp.');
  }
  const phone = new Phone(running.twilioUrl, options.from, options.to ?? running.businessNumber);
  try {
    return await talkOn(phone, options, terminal);
  } catch (error) {
    if (error instanceof PhoneOffline) return complain(`${error.message}: ${startIt}`);
    return complain(error instanceof Error ? error.message : String(error));
  }
}

async function talkOn(phone: Phone, options: ChatOptions, terminal: Terminal): Promise<boolean> {
  const { text, imagePath, extra, timeoutSeconds } = options;
  if (text || imagePath || Object.keys(extra).length > 0) {
    return answerOne(phone, { body: text, imagePath, extra }, timeoutSeconds, terminal);
  }
  if (!terminal.stdin.isTTY) return answerLines(phone, timeoutSeconds, terminal);
  await converse(phone, terminal.stdin, terminal.stdout);
  return true;
}
