import { Argument, Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { examples } from '../command.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** `replies completion` */
export const completion = () =>
  new Command('completion')
    .description(
      'Prints what lets a shell know replies, wherever you are, and complete its commands, options and values.',
    )
    .summary('sets up replies and its completions in your shell')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices(shells))
    .addHelpText(
      'after',
      `${examples('completion fish | source')}

In ~/.bashrc: eval "$(cd CLONE && npx replies completion bash)"; in ~/.zshrc after compinit with zsh.`,
    )
    .action(async (shell) => console.log((await import('../completion.ts')).scriptFor(shell)));

/** What the scripts ask: how the last word may be completed. */
export const complete = (program: CommandUnknownOpts) =>
  new Command('complete')
    .addArgument(new Argument('<shell>').choices(shells))
    .argument('[words...]')
    .action(async (shell: Shell, words) => {
      const { candidates, lineFor } = await import('../completion.ts');
      for (const one of candidates(program, words)) console.log(lineFor(shell, one));
    });
