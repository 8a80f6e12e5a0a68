import { fileURLToPath } from 'node:url';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';

type Shell = 'bash' | 'zsh' | 'fish';

interface Candidate {
  value: string;
  says: string;
}

/** How the last word may be completed: with a command, an option, or one of the values that there are. */
export function candidates(program: CommandUnknownOpts, words: readonly string[]): Candidate[] {
  const [last = '', ...before] = words.toReversed();
  const { command, given } = reached(program, before.toReversed());
  const hungry = command.options.find(
    (option) => option.long === before[0] && (option.required || option.optional),
  );
  return (
    hungry ? valuesOf(hungry) : last.startsWith('-') ? optionsOf(command) : wordsOf(command, given)
  ).filter(({ value }) => value.startsWith(last));
}

/** The command that the words lead to, and how many more of them there are. */
function reached(program: CommandUnknownOpts, words: string[]) {
  let command = program;
  let given = 0;
  for (const [index, word] of words.entries()) {
    const next = command.commands.find((one) => one.name() === word);
    const isValue = command.options.some((one) => one.required && one.long === words[index - 1]);
    if (next) command = next;
    else if (!word.startsWith('-') && !isValue) given += 1;
  }
  return { command, given };
}

const wordsOf = (command: CommandUnknownOpts, given: number): Candidate[] => {
  const visible = command.createHelp().visibleCommands(command);
  return command.commands.length > 0
    ? visible.map((one) => ({ value: one.name(), says: one.summary() || one.description() }))
    : valuesOf(command.registeredArguments[given] ?? {});
};

const optionsOf = (command: CommandUnknownOpts): Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map(({ long, description }) => ({ value: long ?? '', says: description }));

const valuesOf = ({ argChoices = [] }: { argChoices?: readonly string[] }): Candidate[] =>
  argChoices.map((value) => ({ value, says: '' }));

/** A candidate as the shell's own completion takes it. */
export function lineFor(shell: Shell, { value, says }: Candidate): string {
  switch (shell) {
    case 'bash':
      return value;
    case 'zsh':
      return `${value.replaceAll(':', '\\:')}:${says}`;
    case 'fish':
      return `${value}\t${says}`;
    default:
      return shell satisfies never;
  }
}

/** What a shell reads to know the command of this clone, and to complete it. Files are what there is where it knows nothing better. */
export function scriptFor(shell: Shell): string {
  const entry = fileURLToPath(new URL('./replies.mjs', import.meta.url));
  const call = `${quoted(process.execPath)} ${quoted(entry)}`;
  switch (shell) {
    case 'bash':
      return `replies() { ${call} "$@"; }
_replies() {
  local IFS=$'\\n'
  COMPREPLY=($(replies complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _replies replies`;
    case 'zsh':
      return `replies() { ${call} "$@"; }
_replies() {
  local -a lines
  lines=("\${(@f)$(replies complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$lines" ]]; then _describe replies lines; else _files; fi
}
compdef _replies replies`;
    case 'fish':
      return `function replies; ${call} $argv; end
complete -c replies -f -a '(replies complete fish -- (commandline -opc)[2..] (commandline -ct))'`;
    default:
      return shell satisfies never;
  }
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
