/** Options of ours that are settings of npm too: a person or a CI may have them set for npm's own sake. */
const settingsOfNpm = new Set(['all', 'json', 'yes']);
/** Always set, to where npm itself is; the other lists what npm run can do. */
const alwaysOfNpm = new Set(['prefix', 'help']);
/** npm takes an abbreviation for the one setting of its own that begins so. */
const abbreviated: Readonly<Record<string, string>> = { to: 'token-description' };

export interface TakenByNpm {
  /** What happened and what to type, in one line. */
  reason: string;
  /** False where the option may be meant for npm. */
  isSure: boolean;
}

/**
 * Whether npm kept an option for itself because the `--` before the options is missing: npm hands such an option to
 * its script only as a variable, `npm_config_<name>`. `given` are the arguments that did arrive.
 */
export function takenByNpm(
  script: string,
  options: readonly string[],
  given: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): TakenByNpm | undefined {
  if (environment['npm_lifecycle_event'] !== script) return undefined;
  const isKept = (name: string) =>
    Boolean(environment[variableOf(name)] || environment[variableOf(abbreviated[name] ?? name)]);
  const wanted = options.filter((name) => !alwaysOfNpm.has(name) && isKept(name));
  const missing = wanted.filter(
    (name) => !given.some((one) => one === `--${name}` || one.startsWith(`--${name}=`)),
  );
  const sure = missing.filter((name) => !settingsOfNpm.has(name));
  const [name] = sure.length > 0 ? sure : missing;
  if (name === undefined) return undefined;
  const usage = `npm ${script === 'start' ? '' : 'run '}${script} -- --${name} …`;
  return {
    reason: `npm kept --${name} for itself: put -- before the options, as in ${usage}`,
    isSure: sure.length > 0,
  };
}

const variableOf = (name: string): string => `npm_config_${name.replaceAll('-', '_')}`;
