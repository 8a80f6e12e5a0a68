import { consentAsked } from '../../lambdas/whatsapp-replies/work/consent.ts';
import type { CustomerEvent } from '../simulators/twilio/events.ts';
import { type Phone, PhoneOffline } from './phone.ts';
import { Progress } from './progress.ts';
import { Prompt } from './prompt.ts';
import { refusal, replyText, stopped } from './turn.ts';

const longPollMs = 25_000;

/** A conversation in a terminal until /quit, Ctrl-C or Ctrl-D; the prompt shows ticks and typing. */
export async function converse(
  phone: Phone,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<void> {
  const seen = (await phone.events(0, 0)).at(-1)?.n ?? 0;
  const progress = new Progress(output);
  const prompt = new Prompt(input, output, (text) => void write(phone, text, prompt));
  prompt.say('You are a customer on WhatsApp. Write a message; /quit ends it.');
  try {
    for await (const event of eventsAfter(phone, seen, prompt.ended)) {
      show(event, progress, prompt);
    }
  } finally {
    prompt.end();
  }
}

async function write(phone: Phone, body: string, prompt: Prompt): Promise<void> {
  try {
    const reason = refusal(await phone.write({ body }));
    if (reason) prompt.say(reason);
    else if (consentAsked(body) === 'stop') prompt.say(stopped);
  } catch (error) {
    prompt.say(error instanceof Error ? error.message : String(error));
  }
}

function show(event: CustomerEvent, progress: Progress, prompt: Prompt): void {
  const changed = progress.see(event);
  const text = replyText(event);
  if (text !== undefined) {
    prompt.state = '';
    prompt.say(text);
  } else if (changed) {
    prompt.state = `${progress.text} `;
  }
}

/** Ends when `ended` is aborted. */
async function* eventsAfter(phone: Phone, seen: number, ended: AbortSignal) {
  let last = seen;
  while (!ended.aborted) {
    for (const event of await eventsUntil(phone, last, ended)) {
      last = event.n;
      yield event;
    }
  }
}

async function eventsUntil(phone: Phone, after: number, ended: AbortSignal) {
  try {
    return await phone.events(after, longPollMs, ended);
  } catch (error) {
    if (ended.aborted && error instanceof PhoneOffline) return [];
    throw error;
  }
}
