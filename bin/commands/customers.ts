import { Command } from '@commander-js/extra-typings';
import { examples, json, onDeployment } from '../command.ts';

const work = () => import('../customers.ts');
const number = ['<number>', 'their number, such as +491701234567'] as const;
const company = ['--company <id>', 'whose customer'] as const;
const address = ['--email <address>', 'their leads by this address too'] as const;

/** `replies customers` */
export function customers() {
  const command = new Command('customers')
    .summary('shows or deletes what is stored of a customer')
    .description("What is kept of a company's customer, and forgetting it on request.")
    .addHelpText(
      'after',
      `${examples('customers show +491701234567 --company acme --email jo@example.com')}

An opt-out (STOP) is kept, so that it holds. Emails of runs end by themselves after 30 days.`,
    );
  onDeployment(command.command('show').argument(...number))
    .description('shows what is kept, by ids')
    .option(...company)
    .option(...address)
    .addOption(json())
    .action(async (whom, options) => (await work()).show(whom, options));
  onDeployment(command.command('forget').argument(...number))
    .description('deletes it, and says what others keep')
    .option(...company)
    .option(...address)
    .option('--yes', 'does not ask')
    .action(async (whom, options) => (await work()).forgetOnRequest(whom, options));
  return command;
}
