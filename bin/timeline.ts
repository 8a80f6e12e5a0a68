import { whatsAppAddress } from '../lambdas/whatsapp-replies/messages.ts';
import { CommandError, hintFor, type Target } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { say, sayJson } from './output.ts';
import { type Records, recordsOf } from './records.ts';
import { readNumber, tableOf } from './target.ts';
import { emailTimeline, runTimeline } from './timeline/email.ts';
import { type Conversation, conversationsOf, scanFor, turnIn } from './timeline/find-turn.ts';
import { leadTimeline } from './timeline/lead.ts';
import { sayTimeline, type Timeline } from './timeline/step.ts';
import { isWebTurn, webTimeline } from './timeline/web-turn.ts';
import { whatsAppTimeline } from './timeline/whatsapp.ts';

interface Wanted extends Target {
  company?: string | undefined;
  conversation?: string | undefined;
  customer?: string | undefined;
  run?: string | undefined;
  scan?: boolean | undefined;
  reveal?: boolean | undefined;
  json?: boolean | undefined;
}

/** Tells what happened to a message, a turn, an email, a run or a lead. */
export async function timeline(id: string, options: Wanted): Promise<void> {
  const records = recordsOf(options);
  if (options.company) await existingCompany(options.company, options);
  const found = await timelineOf(id, options, records);
  if (!found) {
    throw new CommandError(
      `Nothing is recorded of ${id} (${options.stage}): it waits in its queue, perhaps behind an earlier message of the same customer that fails, its ids are others, or it has expired.`,
    );
  }
  const next = found.open && hintFor(options)(found.open);
  if (options.json) return sayJson({ ...found, ...(next && { open: next }) });
  sayTimeline(found);
  if (!next) return;
  const what = found.dead ? 'It is a dead letter' : 'It is worked on, tried again or a dead letter';
  say(`${what}: ${next}`);
}

function timelineOf(id: string, options: Wanted, records: Records): Promise<Timeline | undefined> {
  if (/^(SM|MM)\w+$/.test(id)) return ofMessage(id, options, records);
  return isWebTurn(id) ? ofWebTurn(id, options) : ofEmail(id, options, records);
}

async function ofWebTurn(
  id: string,
  { company, conversation, reveal = false, ...target }: Wanted,
): Promise<Timeline | undefined> {
  if (!company || !conversation) {
    throw new CommandError(
      `Whose is ${id}? Add --company and --conversation (log lines name them).`,
    );
  }
  const table = tableOf(target, 'platform-conversations');
  return webTimeline({ company, conversation, id }, table, reveal);
}

async function ofEmail(
  id: string,
  { company, run, reveal = false, ...target }: Wanted,
  records: Records,
): Promise<Timeline | undefined> {
  if (!company) throw new CommandError(`Whose is ${id}? Add --company, and --run for an email.`);
  if (run) return emailTimeline({ tenant_id: company, run_id: run, email_id: id }, records, reveal);
  const known = await runTimeline({ tenant_id: company, run_id: id }, records);
  return known ?? leadTimeline(company, id, tableOf(target, 'leads'), reveal);
}

async function ofMessage(
  sid: string,
  wanted: Wanted,
  records: Records,
): Promise<Timeline | undefined> {
  const table = tableOf(wanted, 'conversations');
  for (const conversation of await conversationsFor(sid, wanted)) {
    const turn = await turnIn(conversation, sid, table, records);
    if (turn) return whatsAppTimeline(turn, table, wanted.reveal ?? false);
  }
  return undefined;
}

async function conversationsFor(
  sid: string,
  { company, conversation, customer, scan, ...target }: Wanted,
): Promise<Conversation[]> {
  const table = tableOf(target, 'conversations');
  if (company && conversation) return [{ company_id: company, conversation_id: conversation }];
  if (company && customer) return conversationsOf(company, addressOf(customer), table);
  if (!scan && target.stage !== 'local') {
    throw new CommandError(
      `Where is ${sid}? Add --company with --conversation or --customer (its log lines name them), or --scan to read the whole table, which costs as much as it is large.`,
    );
  }
  const progress = (items: number) =>
    void (items >= 10_000 && console.error(`${items} items read …`));
  const found = await scanFor(sid, table, progress);
  return found ? [found] : [];
}

function addressOf(number: string): string {
  return whatsAppAddress(readNumber(number.replaceAll(/[\s()-]/g, '')));
}
