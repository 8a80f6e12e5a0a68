import { Command } from '@commander-js/extra-typings';
import { examples } from '../command.ts';

const more = `${examples('invoke ReplyProcessor events/reply-processor.json')}

It talks to what npm start runs, or to a cloud of its own in memory. Messages of a queue count as sent just now. It
ends with 1 when the function threw, timed out or reported failed messages.`;

/** `replies invoke` */
export const invoke = () =>
  new Command('invoke')
    .summary('runs one function for one event')
    .description('Runs the deployed bundle of one function for one event, in a process of its own.')
    .argument('<function>', 'its construct (ReplyProcessor) or its name (reply-processor)')
    .argument('<event-file>', 'the event as JSON, such as events/reply-processor.json')
    .option('--raw', 'shows the log as the function writes it')
    .addHelpText('after', more)
    .action(async (name, file, { raw }) => (await import('../invoke.ts')).invoke(name, file, raw));
