import { Command } from '@commander-js/extra-typings';
import { defaultModel } from '../../lambdas/agents/features.ts';
import { examples, json, onDeployment, whole } from '../command.ts';

const work = () => import('../assistant.ts');
const company = ['<company>', 'whose, such as acme'] as const;
const project = ['--project <id>', "only for this project, before the company's own"] as const;

/** `replies assistant` */
export function assistant() {
  const command = new Command('assistant')
    .summary('who answers its customers on WhatsApp')
    .description(
      'Who answers a company\'s customers on WhatsApp: its feature "assistant" in the tenant configuration.',
    )
    .addHelpText('after', examples('assistant set acme --instructions-file about-us.txt'));
  onDeployment(command.command('set').argument(...company))
    .description('changes what is named, leaves the rest')
    .option(...project)
    .option('--model <name>', 'the model')
    .option('--instructions <text>', 'what it must know and how it speaks')
    .option('--instructions-file <file>', 'the same from a file')
    .option('--assistant-id <id>', 'an assistant of a server that speaks the Assistants protocol')
    .option('--fallback-text <text>', 'when the model refuses or answers nothing')
    .option('--unreadable-text <text>', 'when something cannot be read; {kinds} stands for what')
    .option('--opted-in-text <text>', 'when a customer comes back with START')
    .addOption(whole('--max-wait-seconds <n>', 'how long the model may take', [5, 3_600]))
    .addOption(whole('--max-output-tokens <n>', 'how much it may write', [16, 1_000_000]))
    .action(async (whose, options) => (await work()).set(whose, options));
  onDeployment(command.command('show').argument(...company))
    .description('shows it as JSON')
    .option(...project)
    .addOption(json())
    .action(async (whose, options) => (await work()).show(whose, options));
  onDeployment(command.command('reset').argument(...company))
    .description(`back to the default: ${defaultModel}, general instructions`)
    .option(...project)
    .action(async (whose, options) => (await work()).reset(whose, options));
  return command;
}
