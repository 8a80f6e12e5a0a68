import { whatsAppAddress } from '../lambdas/vendors/twilio/credentials.ts';
import { runCommand, say, sayJson } from './command.ts';
import { existingCompany } from './existing-company.ts';
import { type Records, recordsOf } from './records.ts';
import { CommandError, readNumber, type Target, tableOf } from './target.ts';
import { emailTimeline, runTimeline } from './timeline/email.ts';
import { type Conversation, conversationsOf, scanFor, turnIn } from './timeline/find-turn.ts';
import { leadTimeline } from './timeline/lead.ts';
import { sayTimeline, type Timeline } from './timeline/step.ts';
import { whatsAppTimeline } from './timeline/whatsapp.ts';

const usage = `What happened to a message, an email or a lead, step by step, with how long each took.

  npm run timeline -- SID --company ID --conversation ID     a WhatsApp message, the customer's or ours
  npm run timeline -- SID --company ID --customer +491701234567
  npm run timeline -- SID --scan                             reads the whole table; local needs no --scan
  npm run timeline -- EMAIL_ID --company ID --run RUN_ID     an email of a run
  npm run timeline -- RUN_ID --company ID                    a run of emails
  npm run timeline -- LEAD_ID --company ID                   a lead and how it was judged

  --reveal                      with what the customer wrote and what was answered
  --json
  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default

The log lines of a message name its company and its conversation.`;

const command = {
  name: 'timeline',
  usage,
  options: {
    company: { type: 'string' },
    conversation: { type: 'string' },
    customer: { type: 'string' },
    run: { type: 'string' },
    scan: { type: 'boolean', default: false },
    reveal: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  actions: {
    '': {
      asks: ['Of what? A message (SM…), an email, a run or a lead: npm run timeline -- --help.'],
      options: ['company', 'conversation', 'customer', 'run', 'scan', 'reveal', 'json'],
    },
  },
} as const;

interface Wanted {
  company?: string | undefined;
  conversation?: string | undefined;
  customer?: string | undefined;
  run?: string | undefined;
  scan: boolean;
  reveal: boolean;
}

await runCommand(command, async (call) => {
  const { given, values, target, hint } = call;
  const [id = ''] = given;
  const records = recordsOf(target);
  if (values.company) await existingCompany(values.company, call);
  const timeline = /^(SM|MM)\w+$/.test(id)
    ? await ofMessage(id, values, target, records)
    : await ofEmail(id, values, target, records);
  if (!timeline) {
    throw new CommandError(
      `Nothing is recorded of ${id} (${target.stage}): it waits in its queue, perhaps behind an earlier message of the same customer that fails, its ids are others, or it has expired.`,
    );
  }
  if (values.json) sayJson(timeline);
  else sayTimeline(timeline);
  if (!timeline.open || values.json) return;
  const what = timeline.dead
    ? 'It is a dead letter'
    : 'It is worked on, tried again or a dead letter';
  say(`${what}: ${hint(timeline.open)}`);
});

async function ofEmail(
  id: string,
  { company, run, reveal }: Wanted,
  target: Target,
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
  target: Target,
  records: Records,
): Promise<Timeline | undefined> {
  const table = tableOf(target, 'conversations');
  for (const conversation of await conversationsFor(sid, wanted, target)) {
    const turn = await turnIn(conversation, sid, table, records);
    if (turn) return whatsAppTimeline(turn, table, wanted.reveal);
  }
  return undefined;
}

async function conversationsFor(
  sid: string,
  { company, conversation, customer, scan }: Wanted,
  target: Target,
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
