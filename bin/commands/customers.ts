import { Command } from '@commander-js/extra-typings';
import { examples, json, onDeployment } from '../command.ts';

const work = () => import('../customers.ts');
const whom = [
  '<customer>',
  'their number, such as +491701234567; or visitor:ID, by the id of a web chat, of its participant, or your own of them',
] as const;
const company = ['--company <id>', 'whose customer'] as const;
const address = ['--email <address>', 'their leads and web chats by this address too'] as const;

/** `replies customers` */
export function customers() {
  const command = new Command('customers')
    .summary('shows or deletes what is stored of a customer')
    .description("What is kept of a company's customer, and forgetting it on request.")
    .addHelpText(
      'after',
      `${examples(
        'customers show +491701234567 --company acme --email jo@example.com',
        'customers forget visitor:user-4711 --company acme',
      )}

An opt-out (STOP) is kept, so that it holds. Emails of runs end by themselves after 30 days.`,
    );
  onDeployment(command.command('show').argument(...whom))
    .description('shows what is kept, by ids')
    .option(...company)
    .option(...address)
    .addOption(json())
    .action(async (who, options) => (await work()).show(who, options));
  onDeployment(command.command('forget').argument(...whom))
    .description('deletes it, and says what others keep')
    .option(...company)
    .option(...address)
    .option('--yes', 'does not ask')
    .action(async (who, options) => (await work()).forgetOnRequest(who, options));
  return command;
}
