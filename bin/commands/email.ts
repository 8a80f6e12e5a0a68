import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { shapes } from '../../bench/email-runs/graphs.ts';
import { CommandError, examples, numeric, whole } from '../command.ts';

/** `replies email` */
export const email = () =>
  new Command('email')
    .description('Runs emails on the local cloud and grades how they were answered.')
    .summary('runs emails, and grades how they were answered')
    .addOption(whole('--emails <n>', 'how many', [1, 10_000]).default(50))
    .addOption(
      new Option('--shape <shape>', 'how they depend on each other')
        .choices(shapes)
        .default('mixed'),
    )
    .option('--real', 'threads of public mail in place of a shape')
    .option('--tight', 'deadlines that only a good order keeps (loose by default)')
    .addOption(
      whole('--seed <n>', 'another run of the same kind', [
        Number.MIN_SAFE_INTEGER,
        Number.MAX_SAFE_INTEGER,
      ]).default(1),
    )
    .option(
      '--content',
      'a reply is written knowing those before it (only their order counts by default)',
    )
    .option('--just-in-time', 'each is sent as late as is safe')
    .addOption(
      numeric('--fail <percent>', 'so many of the posts are answered 503', [0, 90]).default(0),
    )
    .option('--svg <file>', 'the timeline as a picture, too', readPicture)
    .addHelpText('after', examples('email --emails 50 --shape layered'))
    .action(async (options) => {
      const { answerEmails } = await import('../../bench/email-runs/main.ts');
      const answered = await answerEmails(options, process.env['DATA_DIR'] ?? '.local', process);
      process.exitCode = answered ? 0 : 1;
    });

function readPicture(file: string): string {
  if (existsSync(path.dirname(path.resolve(file)))) return file;
  throw new CommandError(`--svg: there is no folder for ${file}.`);
}
