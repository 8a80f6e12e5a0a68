import { Command } from '@commander-js/extra-typings';
import { examples, json, onDeployment } from '../command.ts';

const work = () => import('../channels.ts');
const number = ['<number>', 'a WhatsApp number, such as +14155238886'] as const;

/** `replies channels` */
export function channels() {
  const command = new Command('channels')
    .summary('which number belongs to which company')
    .description('The registry of channels: which company a WhatsApp number belongs to.')
    .addHelpText(
      'after',
      `${examples('channels add +14155238886 --company acme --project shop')}

Who answers there is the company's: replies assistant --help.`,
    );
  onDeployment(command.command('add').argument(...number))
    .description('gives a number to a company and one of its projects')
    .option('--company <id>', 'whose it is')
    .option('--project <id>', 'and for what')
    .option('--replace', 'takes the number from the company or project that has it')
    .action(async (which, options) => (await work()).add(which, options));
  onDeployment(command.command('list'))
    .description('shows all numbers and whose they are')
    .addOption(json())
    .action(async (options) => (await work()).list(options));
  onDeployment(command.command('remove').argument(...number))
    .description('refuses its messages from now on')
    .action(async (which, options) => (await work()).remove(which, options));
  return command;
}
