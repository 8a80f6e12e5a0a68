import { Command } from '@commander-js/extra-typings';
import { examples } from '../command.ts';

const about = {
  'email-policy':
    'which emails are on time under which policy, on a virtual clock (about a minute)',
  triage:
    'how well the rules classify labelled leads (a minute); "triage FILE" takes others, "triage learn" learns again (two minutes)',
  cost: 'what AWS bills, into docs/reference/cost.md; "cost measure" counts again first (about four minutes)',
  'cold-start':
    'how fast and how large the functions start, as shipped and naively bundled (two minutes)',
};

/** `replies bench` */
export function bench() {
  const command = new Command('bench')
    .summary('measures speed, cost and quality')
    .description('Measures, into docs/reference/benchmarks.md and docs/reference/cost.md.')
    .addHelpText('after', examples('bench cold-start'));
  for (const name of Object.keys(about) as (keyof typeof about)[]) {
    command
      .command(name)
      .description(about[name])
      .argument('[what]', 'learn, measure or a file, where it takes one')
      .action(async (what) => (await import('../../bench/main.ts')).benches[name](what));
  }
  return command;
}
