import { Command, Option } from '@commander-js/extra-typings';
import { examples, json, numeric, onDeployment, repeated } from '../command.ts';
import { levels } from '../logs/pattern.ts';

/** `replies logs` */
export const logs = () =>
  onDeployment(new Command('logs'))
    .summary('what a function has logged')
    .description('What a function has logged, of the last hour.')
    .argument(
      '<function>',
      "a function, such as reply-processor; api: the API's requests; all, on the local cloud: every log",
    )
    .argument(
      '[pattern]',
      'of CloudWatch: words, "phrases", ?alternatives, or { $.error_code = "openai_*" }',
    )
    .addOption(
      new Option(
        '--level <level>',
        'what failed (error), or also what is tried again (warn)',
      ).choices(levels),
    )
    .addOption(repeated('--code <code>', 'lines with this error code, such as "openai_*"'))
    .addOption(numeric('--hours <n>', 'so far back', [0.001, 8_760]).default(1))
    .addOption(numeric('--limit <n>', 'how many lines at most', [1, 100_000]).default(1_000))
    .option('--raw', 'whole lines of JSON, metrics among them')
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        'logs reply-processor --level warn',
        "logs email-start --code 'mailbox_*' --stage prod",
      ),
    )
    .action(async (name, pattern, options) =>
      (await import('../logs.ts')).logs(name, pattern, options),
    );
