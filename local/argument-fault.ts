/**
 * What is wrong with the arguments of a command, in one line, of an error that `parseArgs` has thrown;
 * undefined for another error.
 */
export function argumentFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = String((error as { code?: unknown }).code);
  const [option = ''] = /--?[\w-]+/.exec(error.message) ?? [];
  switch (code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return `There is no option ${option} (--help shows all).`;
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return error.message.includes('does not take')
        ? `${option} takes no value.`
        : `${option} takes a value; one that begins with a hyphen is written ${option}=-1.`;
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL': {
      const [, text = ''] = /'(.*?)'/s.exec(error.message) ?? [];
      return `Unexpected: ${text} (--help shows what it takes).`;
    }
    default:
      return undefined;
  }
}
