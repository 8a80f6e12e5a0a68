import { counted } from '../lambdas/shared/plural.ts';
import { whatsAppAddress } from '../lambdas/vendors/twilio/credentials.ts';
import { isStageName, stages } from '../lib/stages.ts';
import { runCommand, say, sayJson } from './command.ts';
import { forget } from './customers/forget.ts';
import { type Kept, keptOf } from './customers/kept.ts';
import { existingCompany } from './existing-company.ts';
import { CommandError, readNumber, tableOf } from './target.ts';
import { confirmed } from './terminal.ts';

const usage = `What is kept of a company's customer, and forgetting it on request.

  npm run customers -- show NUMBER --company ID [--email ADDRESS] [--json]
  npm run customers -- forget NUMBER --company ID [--email ADDRESS] [--yes]

  --email ADDRESS               their leads by this address too, beside those by their number
  --yes                         does not ask
  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default

An opt-out (STOP) is kept, so that it holds. Emails of runs end by themselves after 30 days.`;

const options = {
  company: { type: 'string' },
  email: { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

const which = 'Whom? Their number, such as +491701234567.';

const command = {
  name: 'customers',
  usage,
  options,
  actions: {
    show: { asks: [which], options: ['company', 'email', 'json'] },
    forget: { asks: [which], options: ['company', 'email', 'yes'] },
  },
} as const;

await runCommand(command, async (call) => {
  const { action, given, values, target } = call;
  if (values.company === undefined) throw new CommandError('Whose customer? Add --company.');
  const company = await existingCompany(values.company, call);
  const [number = ''] = given;
  const tables = {
    conversations: tableOf(target, 'conversations'),
    leads: tableOf(target, 'leads'),
  };
  const who = { company, address: addressOf(number), email: values.email?.trim() };
  const kept = await keptOf(who, tables);
  if (action === 'show' && values.json) return sayJson(kept);
  const isNothing = kept.channels.length + kept.leads.length === 0;
  if (isNothing) return say(`Nothing is kept of ${number} by ${company} (${target.stage}).`);
  for (const line of linesOf(kept, who.address)) say(line);
  if (action === 'show') return;
  if (!values.yes) await confirmed(`Forget ${number} of ${company} (${target.stage})?`);
  const deleted = await forget(kept, company, tables);
  say(`Forgotten: ${counted(deleted, 'item')} deleted.`);
  const { stage } = target;
  if (isStageName(stage) && stages[stage].pointInTimeRecovery) {
    say('Backups of the tables keep them for 35 days more.');
  }
  for (const line of elsewhere(kept)) say(line);
});

/** Who hides their number from businesses has an id in its place. */
function addressOf(text: string): string {
  if (text.startsWith('whatsapp:')) return text;
  return whatsAppAddress(readNumber(text.replaceAll(/[\s()-]/g, '')));
}

function linesOf({ channels, leads }: Kept, address: string): string[] {
  return [
    ...channels.map(({ number, customer, conversation_id: id, items, opted_out }) => {
      const other = customer === address ? '' : ' (their other address)';
      const conversation = id ? `conversation ${id}, ${counted(items, 'item')}` : 'no conversation';
      return `${number}  ${conversation}${opted_out ? ', opted out by STOP' : ''}${other}`;
    }),
    ...leads.map(({ id, insights }) => `lead ${id}, ${counted(insights, 'earlier insight')}`),
  ];
}

/** What others keep. */
function elsewhere({ channels }: Kept): string[] {
  const threads = [...new Set(channels.flatMap(({ threads }) => threads))];
  return [
    ...threads.map(
      (id) =>
        `The model's copy: curl -X DELETE https://api.openai.com/v1/${id.startsWith('thread_') ? 'threads' : 'conversations'}/${id} -H "Authorization: Bearer $OPENAI_API_KEY"`,
    ),
    'Twilio keeps their messages too: delete them in its console. Dead letters: npm run dlq -- show whatsapp-replies.',
  ];
}
