import { Command } from '@commander-js/extra-typings';
import { examples, json, numeric, onDeployment, repeated, whole } from '../command.ts';

const work = () => import('../dlq.ts');
const queue = ['<queue>', 'which queue; replies dlq list shows them'] as const;
const id = () =>
  repeated('--id <id>', "only this one: the letter's id, or that of its message or email");

/** `replies dlq` */
export function dlq() {
  const command = new Command('dlq')
    .summary('dead letters: shows, redrives and discards them')
    .description('The dead letters: messages that could not be handled, kept for 14 days.')
    .addHelpText('after', examples('dlq list', 'dlq redrive whatsapp-replies --stage prod'));
  onDeployment(command.command('list'))
    .description(
      'shows how many there are, and how much work waits in the queues that they come from',
    )
    .addOption(json())
    .action(async (options) => (await work()).list(options));
  onDeployment(command.command('show').argument(...queue))
    .description('shows why each is there, and what a redrive would do')
    .addOption(id())
    .addOption(whole('--limit <n>', 'how many are shown', [1, 10_000]).default(20))
    .option('--reveal', "with their bodies, which hold customers' words")
    .addOption(json())
    .action(async (from, options) => (await work()).show(from, options));
  onDeployment(command.command('redrive').argument(...queue))
    .description('sends them back to their queue; nothing is done twice')
    .addOption(id())
    .addOption(numeric('--rate <n>', 'how many a second', [0.01, 1_000]).default(10))
    .action(async (from, options) => (await work()).sendBack(from, options));
  onDeployment(command.command('discard').argument(...queue))
    .description('deletes those named, after a copy was written to a file')
    .addOption(id())
    .option('--all', 'all of them')
    .option('--file <file>', 'where the copy goes; dead-letters-QUEUE-TIME.jsonl by default')
    .option('--yes', 'does not ask')
    .action(async (from, options) => (await work()).throwAway(from, options));
  return command;
}
