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
