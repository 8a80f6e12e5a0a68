import { Command } from '@commander-js/extra-typings';

/** `npm start` */
export const start = () =>
  new Command('start')
    .description(
      'Runs the whole stack on this machine, with simulated vendors. Variables configure it, such as PORT=3001 npm start (README, Environment variables).',
    )
    .summary('runs the whole stack on this machine, with simulated vendors')
    .action(async () => (await import('../../local/start.ts')).start());
