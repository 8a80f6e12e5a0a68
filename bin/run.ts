import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { takenByNpm } from '../local/npm-flags.ts';
import { sanitizeForTerminal } from '../local/sanitize-for-terminal.ts';
import { CommandError } from './command.ts';
import { explain, missingValue } from './fault.ts';
import { repliesProgram, withActions } from './program.ts';

/**
 * Runs `replies` with these arguments: exit code 0 when it worked, 2 when it was used wrongly, 1 when something failed,
 * said in one line; with `--json` that line is JSON.
 */
export async function run(args: string[]): Promise<void> {
  const program = repliesProgram().hook('preAction', (_, called) => refuseSwallowed(called, args));
  try {
    const [named] = args;
    const command = program.commands.find((one) => one.name() === named);
    if (command) refuseTakenByNpm(command, args);
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return;
    process.exitCode = error instanceof CommandError ? 2 : 1;
    const line = explain(error)
      .trim()
      .replaceAll(/\s*\n\s*/g, ' ');
    const asJson = args.includes('--json');
    const said = asJson ? JSON.stringify({ error: line, exit_code: process.exitCode }) : line;
    console.error(sanitizeForTerminal(said));
  }
}

function refuseTakenByNpm(command: CommandUnknownOpts, args: string[]): void {
  const options = withActions(command).flatMap((one) =>
    one.options.flatMap(({ long }) => long?.slice(2) ?? []),
  );
  const kept = takenByNpm(command.name(), options, args, process.env);
  if (kept?.isSure) throw new CommandError(kept.reason);
  if (kept) console.error(kept.reason);
}

/** An option without its value would take the next option for it, and the command would do something else. */
function refuseSwallowed({ options }: CommandUnknownOpts, args: string[]): void {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const hungry = options.find(
    ({ required, long }) =>
      required && own.some((one, index) => one === long && own[index + 1]?.startsWith('-')),
  );
  if (hungry) throw new CommandError(missingValue(hungry.long ?? ''));
}
