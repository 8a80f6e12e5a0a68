import { Command, Option, type OptionValues } from '@commander-js/extra-typings';
import {
  channels,
  conversationStatuses,
  handlings,
} from '../../lambdas/conversations/conversation.ts';
import { examples, json, whole } from '../command.ts';

const work = () => import('../conversations.ts');
const id = ['<id>', 'which conversation; replies conversations list shows the ids'] as const;

const url = new Option('--url <url>', 'the API of a deployment; by default the one that runs here')
  .env('REPLIES_URL')
  .helpGroup('Which deployment:');

const key = new Option('--key <key>', 'an API key of the company; by default the demo’s')
  .env('REPLIES_API_KEY')
  .helpGroup('Which deployment:');

const onApi = <Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) => command.addOption(url).addOption(key).addOption(json());

const name = new Option('--name <name>', 'your name, as the customer sees it');

/** `replies conversations` */
export function conversations() {
  const command = new Command('conversations')
    .summary('reads the customers’ conversations, takes them over, and writes')
    .description('The conversations of a company, on each channel.')
    .addHelpText(
      'after',
      examples(
        'conversations list --handling waiting',
        "conversations say conv_1f6b 'Hello, Eva here.' --name Eva",
        'conversations handback conv_1f6b',
      ),
    );
  onApi(command.command('list'))
    .description('shows those with the latest activity first')
    .addOption(new Option('--status <status>', 'only these').choices(conversationStatuses))
    .addOption(new Option('--channel <channel>', 'only these').choices(channels))
    .addOption(new Option('--handling <handling>', 'only these').choices(handlings))
    .option('--mine', 'only those that you have taken over')
    .addOption(whole('--limit <n>', 'how many; 20 by default', [1, 1_000]).default(20))
    .action(async (options) => (await work()).list(options));
  onApi(command.command('show').argument(...id))
    .description('shows who answers it, and its newest messages')
    .addOption(whole('--limit <n>', 'how many messages; 50 by default', [1, 10_000]).default(50))
    .action(async (which, options) => (await work()).show(which, options));
  onApi(
    command
      .command('say')
      .argument(...id)
      .argument('[text...]', 'what is said'),
  )
    .description('writes to the customer, and takes the conversation over where nobody has it')
    .option('--macro <id>', 'one of the company’s macros instead of a text')
    .addOption(name)
    .action(async (which, words, options) => (await work()).say(which, words, options));
  onApi(command.command('takeover').argument(...id))
    .description('no automatic answer is sent from then on')
    .option('--force', 'also from a colleague who has it')
    .addOption(name)
    .action(async (which, options) => (await work()).takeOver(which, options));
  onApi(command.command('handback').argument(...id))
    .description('the customer’s next message is answered automatically')
    .action(async (which, options) => (await work()).handBack(which, options));
  onApi(command.command('close').argument(...id))
    .description('it is done; the customer’s next message opens it again')
    .action(async (which, options) => (await work()).close(which, options));
  return command;
}
