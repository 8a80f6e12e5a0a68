import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { argumentFault } from './argument-fault.ts';
import { keptByNpm } from './npm-flags.ts';

/** What was asked for on the command line, or why it cannot be done, in one line. */
export type Command<Options> =
  | { kind: 'run'; options: Options }
  | { kind: 'help' }
  | { kind: 'wrong'; reason: string };

interface Out {
  write(text: string): unknown;
}

/** Does what was asked for; resolves with the exit code: 0 when it worked, 1 when it failed, 2 when it was used wrongly. */
export async function runCommand<Options>(
  command: Command<Options>,
  usage: string,
  { stdout, stderr }: { stdout: Out; stderr: Out },
  run: (options: Options) => Promise<boolean>,
): Promise<0 | 1 | 2> {
  switch (command.kind) {
    case 'help':
      stdout.write(`${usage}\n`);
      return 0;
    case 'wrong':
      stderr.write(`${command.reason}\n`);
      return 2;
    case 'run':
      return (await run(command.options)) ? 0 : 1;
    default:
      return command satisfies never;
  }
}

interface Arguments<Options extends ParseArgsOptionsConfig> {
  /** The script of package.json that runs the command. */
  script: string;
  options: Options;
  /** False where the command takes options alone; true by default. */
  allowPositionals?: boolean;
}

/** Reads arguments by their options; what is wrong with them, or with what `commandOf` makes of them, in one line. */
export function readCommand<const Options extends ParseArgsOptionsConfig, Wanted>(
  args: string[],
  { script, options, allowPositionals = true }: Arguments<Options>,
  commandOf: (
    values: ReturnType<typeof parseArgs<{ options: Options }>>['values'],
    positionals: string[],
  ) => Command<Wanted>,
): Command<Wanted> {
  const kept = keptByNpm(script, Object.keys(options), args, process.env);
  if (kept) return { kind: 'wrong', reason: kept.reason };
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals });
    return commandOf(values, positionals);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'wrong', reason: argumentFault(error) ?? reason };
  }
}
