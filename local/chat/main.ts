import { runCommand } from '../command.ts';
import { nothingRuns } from '../running.ts';
import { answerLines, answerOne, type Terminal } from './answer.ts';
import { converse } from './conversation.ts';
import { type ChatOptions, parseCommand, usage } from './options.ts';
import { Phone, PhoneOffline } from './phone.ts';
import { findRunning } from './running.ts';

const startIt = 'run npm start in another terminal, then try again.';

/** The command `npm run chat`; resolves with its exit code. */
export const chat = (args: string[], dataDir: string, terminal: Terminal) =>
  runCommand(parseCommand(args), usage, terminal, (options) => talk(options, dataDir, terminal));

async function talk(options: ChatOptions, dataDir: string, terminal: Terminal): Promise<boolean> {
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
