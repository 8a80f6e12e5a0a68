import { Command } from '@commander-js/extra-typings';
import { json, onDeployment } from '../command.ts';

const more = `
Each line is ok, warn (it may go wrong), FIX (it does) or skip (it could not be looked at). The exit code is 1
where one says FIX. Secrets are read to be tried, and never printed.`;

/** `replies doctor` */
export const doctor = () =>
  onDeployment(new Command('doctor'))
    .summary('checks whether everything is ready to answer, and says what to fix')
    .description(
      'Whether a deployment is fit to answer customers, and what to do where it is not. It changes nothing.',
    )
    .addOption(json())
    .addHelpText('after', more)
    .action(async (options) => (await import('../doctor.ts')).doctor(options));
