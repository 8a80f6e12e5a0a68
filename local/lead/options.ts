import { type AdapterName, adapters } from '../../lambdas/leads/messages.ts';
import { type Command, readCommand } from '../command.ts';

export const usage = `Posts a lead on the local cloud, waits until it is judged, and tells why.

  npm run lead -- "Need urgent pricing for 50 seats ASAP!" [options]

  --email, --phone, --name, --source   what else is known of the lead
  --adapter ${adapters.join(' | ')}             judged anew by it, after whoever is configured`;

export interface LeadOptions {
  lead: Record<string, string>;
  adapter?: AdapterName;
}

export type LeadCommand = Command<LeadOptions>;

const options = {
  email: { type: 'string' },
  phone: { type: 'string' },
  name: { type: 'string' },
  source: { type: 'string' },
  adapter: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What was asked for, or why it cannot be done, in one line. */
export const parseCommand = (args: string[]): LeadCommand =>
  readCommand(args, { script: 'lead', options }, (values, positionals): LeadCommand => {
    const { help, adapter: wanted, ...fields } = values;
    if (help) return { kind: 'help' };
    const note = positionals.join(' ').trim();
    if (!note) return { kind: 'wrong', reason: 'What does the lead say? npm run lead -- "…"' };
    const adapter = adapters.find((name) => name === wanted);
    if (wanted !== undefined && !adapter) {
      return { kind: 'wrong', reason: `--adapter is one of ${adapters.join(', ')}.` };
    }
    return { kind: 'run', options: { lead: { ...fields, note }, ...(adapter && { adapter }) } };
  });
