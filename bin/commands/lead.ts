import { Command, Option } from '@commander-js/extra-typings';
import { adapters } from '../../lambdas/leads/messages.ts';
import { CommandError, examples } from '../command.ts';

/** `replies lead` */
export const lead = () =>
  new Command('lead')
    .description('Posts a lead on the local cloud, waits until it is classified, and shows why.')
    .summary('posts a lead, and shows how it was classified and why')
    .argument('<note...>', 'what the lead says')
    .option('--email <address>', 'what else is known of the lead')
    .option('--phone <number>')
    .option('--name <name>')
    .option('--source <source>')
    .addOption(
      new Option('--adapter <name>', 'classified again by it, after whoever is configured').choices(
        adapters,
      ),
    )
    .addHelpText('after', examples("lead 'Need urgent pricing for 50 seats ASAP!'"))
    .action(async (words, { adapter, ...fields }) => {
      const note = words.join(' ').trim();
      if (!note) throw new CommandError('What does the lead say? It is empty.');
      const { classifyLead } = await import('../../local/lead/main.ts');
      const dataDir = process.env['DATA_DIR'] ?? '.local';
      const isClassified = await classifyLead(
        { lead: { ...fields, note }, adapter },
        dataDir,
        process,
      );
      process.exitCode = isClassified ? 0 : 1;
    });
