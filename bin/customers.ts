import { counted } from '../lambdas/shared/plural.ts';
import { whatsAppAddress } from '../lambdas/whatsapp-replies/messages.ts';
import { stages } from '../lib/stages.ts';
import { CommandError, type Target } from './command.ts';
import { contentsOf } from './customers/contents.ts';
import { forget } from './customers/forget.ts';
import { type StoredData, storedDataOf } from './customers/stored-data.ts';
import { existingCompany } from './existing-company.ts';
import { say, sayJson } from './output.ts';
import { readNumber, tableOf } from './target.ts';
import { confirmed } from './terminal.ts';

interface Wanted extends Target {
  company?: string | undefined;
  email?: string | undefined;
}

/** Shows what is kept of a customer. */
export async function show(who: string, options: Wanted & { json?: boolean | undefined }) {
  const found = await lookedUp(who, options);
  if (options.json) return sayJson(found.kept);
  for (const line of linesOf(who, found, options)) say(line);
}

/** Deletes what is kept of a customer. */
export async function forgetOnRequest(
  who: string,
  options: Wanted & { yes?: boolean | undefined },
) {
  const found = await lookedUp(who, options);
  for (const line of linesOf(who, found, options)) say(line);
  const { kept, company, tables } = found;
  if (isNothing(kept)) return;
  if (!options.yes) await confirmed(`Forget ${who} of ${company} (${options.stage})?`);
  const deleted = await forget(kept, company, tables);
  say(`Forgotten: ${counted(deleted, 'item')} deleted.`);
  if (stages[options.stage].pointInTimeRecovery) {
    say('Backups of the tables keep them for 35 days more.');
  }
  for (const line of elsewhere(kept)) say(line);
}

async function lookedUp(who: string, options: Wanted) {
  if (options.company === undefined) throw new CommandError('Whose customer? Add --company.');
  const company = await existingCompany(options.company, options);
  const tables = {
    conversations: tableOf(options, 'conversations'),
    log: tableOf(options, 'platform-conversations'),
    leads: tableOf(options, 'leads'),
    contents: await contentsOf(options),
  };
  const visitor = visitorIn(who);
  const address = visitor === undefined ? addressOf(who) : undefined;
  const email = options.email?.trim();
  const kept = await storedDataOf({ company, address, visitor, email }, tables);
  return { kept, company, tables, address };
}

const isNothing = ({ channels, chats, leads }: StoredData): boolean =>
  channels.length + chats.length + leads.length === 0;

/** The id by which a visitor of web pages is named; undefined for a number. */
const visitorIn = (text: string): string | undefined => /^visitor:(.+)$/s.exec(text)?.[1];

/** Who hides their number from businesses has an id in its place. */
function addressOf(text: string): string {
  if (text.startsWith('whatsapp:')) return text;
  return whatsAppAddress(readNumber(text.replaceAll(/[\s()-]/g, '')));
}

function linesOf(
  who: string,
  { kept, company, address }: { kept: StoredData; company: string; address: string | undefined },
  { stage }: Target,
): string[] {
  if (isNothing(kept)) return [`Nothing is kept of ${who} by ${company} (${stage}).`];
  const { channels, chats, leads } = kept;
  return [
    ...channels.map(({ number, customer, conversation_id: id, items, opted_out }) => {
      const other = customer === address ? '' : ' (their other address)';
      const conversation = id ? `conversation ${id}, ${counted(items, 'item')}` : 'no conversation';
      return `${number}  ${conversation}${opted_out ? ', opted out by STOP' : ''}${other}`;
    }),
    ...chats.map(
      ({ conversation_id: id, participant_id, items, files }) =>
        `web chat ${id} of ${participant_id}, ${counted(items, 'item')}, ${counted(files, 'file')}`,
    ),
    ...leads.map(({ id, insights }) => `lead ${id}, ${counted(insights, 'earlier insight')}`),
  ];
}

/** What others keep. */
function elsewhere({ channels }: StoredData): string[] {
  const threads = [...new Set(channels.flatMap(({ threads }) => threads))];
  return [
    ...threads.map(
      (id) =>
        `The model's copy: curl -X DELETE https://api.openai.com/v1/${id.startsWith('thread_') ? 'threads' : 'conversations'}/${id} -H "Authorization: Bearer $OPENAI_API_KEY"`,
    ),
    ...(channels.length > 0
      ? [
          'Twilio keeps their messages too: delete them in its console. Dead letters: npx replies dlq show whatsapp-replies.',
        ]
      : []),
  ];
}
