import { Argument, Command, Option } from '@commander-js/extra-typings';
import { examples, json, numeric, onDeployment } from '../command.ts';
import { metricNames, statistics } from '../metric/names.ts';

/** `replies metric` */
export const metric = () =>
  onDeployment(new Command('metric'))
    .summary('the figures of a metric, by five minutes')
    .description(
      'The figures of a metric, by five minutes: on AWS from CloudWatch, on this machine from the logs. Times at which nothing was counted are left out.',
    )
    .addArgument(
      new Argument('<name>', "the product's, or of AWS a queue's or a function's").choices(
        metricNames,
      ),
    )
    .argument('[of]', 'the queue or function, such as whatsapp-replies or reply-processor')
    .addOption(numeric('--hours <n>', 'so far back', [0.1, 120]).default(3))
    .addOption(
      new Option(
        '--statistic <name>',
        'p90 of times, else Sum or Maximum, as the metric wants',
      ).choices(statistics),
    )
    .option('--by-function', 'of ConcurrentExecutions: the ten busiest functions of the account')
    .addOption(json())
    .addHelpText(
      'after',
      examples(
        'metric RepliesSent --stage prod',
        'metric ReplySeconds --statistic p99',
        'metric ApproximateAgeOfOldestMessage whatsapp-replies --stage prod',
        'metric Errors reply-processor',
      ),
    )
    .action(async (name, of, options) => (await import('../metric.ts')).metric(name, of, options));
