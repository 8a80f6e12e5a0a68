import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { assistant } from './commands/assistant.ts';
import { bench } from './commands/bench.ts';
import { channels } from './commands/channels.ts';
import { chat } from './commands/chat.ts';
import { complete, completion } from './commands/completion.ts';
import { conversations } from './commands/conversations.ts';
import { customers } from './commands/customers.ts';
import { deploy } from './commands/deploy.ts';
import { dlq } from './commands/dlq.ts';
import { doctor } from './commands/doctor.ts';
import { email } from './commands/email.ts';
import { invoke } from './commands/invoke.ts';
import { keys } from './commands/keys.ts';
import { lead } from './commands/lead.ts';
import { logs } from './commands/logs.ts';
import { metric } from './commands/metric.ts';
import { secrets } from './commands/secrets.ts';
import { start } from './commands/start.ts';
import { tenants } from './commands/tenants.ts';
import { timeline } from './commands/timeline.ts';
import { faultOf } from './fault.ts';

/** By who needs them. */
const groups: Record<string, readonly (() => CommandUnknownOpts)[]> = {
  'Try it on this machine:': [start, chat, email, lead, invoke, bench],
  'Answer customers yourself:': [conversations],
  'Set companies up:': [tenants, keys, channels, assistant, customers],
  'Deploy and look after it:': [deploy, secrets, doctor, logs, metric, timeline, dlq],
  'Your shell:': [completion],
};

const description = `Answers a company's customers with an LLM.

npx replies <command> runs a command in a clone of the project, and so does npm run <command> -- …;
replies <command> --help shows what it takes.`;

const exitCodes = `
With --json a command prints JSON alone on stdout, and an error as JSON on stderr.
Exit code 0: it worked; 1: it failed; 2: it was used wrongly.`;

/** The command line, `replies <command>`. What a command does is loaded when it is called. */
export function repliesProgram(): CommandUnknownOpts {
  const program = new Command('replies')
    .usage('<command> …')
    .description(description)
    .addHelpText('after', exitCodes)
    .configureHelp({ subcommandTerm: (command) => command.name() });
  for (const [group, commands] of Object.entries(groups)) {
    for (const create of commands) program.addCommand(create().helpGroup(group));
  }
  program.addCommand(complete(program), { hidden: true });
  program.commandsGroup('Your shell:').helpCommand('help [command]', 'shows what a command takes');
  for (const command of withActions(program)) {
    command
      .exitOverride((error) => {
        throw faultOf(command, error);
      })
      .configureOutput({ outputError: () => undefined, writeErr: show, writeOut: show });
  }
  return program;
}

/** Who reads no further, such as `head`, is no error. */
const show = (text: string): void => console.log(text.replace(/\n$/, ''));

/** A command, its actions, and theirs. */
export const withActions = (command: CommandUnknownOpts): CommandUnknownOpts[] => [
  command,
  ...command.commands.flatMap(withActions),
];
