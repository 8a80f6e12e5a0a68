import { Command } from '@commander-js/extra-typings';
import { examples, json, onDeployment } from '../command.ts';

const more = `${examples(
  "timeline SM… --company acme --conversation c_…     a WhatsApp message, the customer's or ours",
  'timeline SM… --company acme --customer +491701234567',
  'timeline turn-12 --company acme --conversation conv_…   an answer on a web page',
  'timeline EMAIL_ID --company acme --run RUN_ID      an email of a run',
  'timeline RUN_ID --company acme                     a run of emails',
  'timeline LEAD_ID --company acme                    a lead and how it was classified',
)}

The log lines of a message name its company and its conversation.`;

/** `replies timeline` */
export const timeline = () =>
  onDeployment(new Command('timeline'))
    .summary('what happened to a message, an email or a lead')
    .description(
      'What happened to a message, an email or a lead, step by step, with how long each took.',
    )
    .argument('<id>', 'a message (SM…), a turn (turn-12), an email, a run or a lead')
    .option('--company <id>', 'whose it is')
    .option('--conversation <id>', 'that a message or a turn belongs to')
    .option('--customer <number>', 'or the number of its customer')
    .option('--run <id>', 'that an email belongs to')
    .option('--scan', 'reads the whole table for a message; local needs no --scan')
    .option('--reveal', 'with what the customer wrote and what was answered')
    .addOption(json())
    .addHelpText('after', more)
    .action(async (id, options) => (await import('../timeline.ts')).timeline(id, options));
