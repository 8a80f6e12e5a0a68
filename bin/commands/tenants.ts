import { Command, type OptionValues } from '@commander-js/extra-typings';
import { defaultModelLimit, defaultRateLimit } from '../../lambdas/tenancy/tenant.ts';
import { examples, json, onDeployment } from '../command.ts';

const limits = <Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) =>
  command
    .option('--name <name>', 'for people')
    .option(
      '--requests-per-second <n>',
      `how many calls of the API it may make; ${defaultRateLimit.requests_per_second} by default`,
    )
    .option('--burst <n>', `how many of them at once; ${defaultRateLimit.burst} by default`)
    .option(
      '--model-calls-per-day <n>',
      `how many of its leads a model may classify; ${defaultModelLimit.calls_per_day} by default, 0 for none`,
    )
    .option(
      '--model-burst <n>',
      `how many of them at once; ${defaultModelLimit.burst} by default; beyond, the rules classify`,
    );

const work = () => import('../tenants.ts');
const id = ['<id>', 'the company, such as acme'] as const;

/** `replies tenants` */
export function tenants() {
  const command = new Command('tenants')
    .summary('the companies, and what they may use')
    .description('The companies on a deployment.')
    .addHelpText('after', examples('tenants create acme --name Acme', 'tenants list --stage prod'));
  onDeployment(limits(command.command('create').argument(...id)))
    .description('makes a company')
    .action(async (company, options) => (await work()).create(company, options));
  onDeployment(limits(command.command('change').argument(...id)))
    .description('changes what is named, leaves the rest')
    .action(async (company, options) => (await work()).change(company, options));
  onDeployment(command.command('suspend').argument(...id))
    .description("its calls answer 403, its customers' messages are kept unanswered")
    .action(async (company, options) => (await work()).suspend(company, options));
  onDeployment(command.command('resume').argument(...id))
    .description('serves it again')
    .action(async (company, options) => (await work()).resume(company, options));
  onDeployment(command.command('list'))
    .description('shows all, with their limits')
    .addOption(json())
    .action(async (options) => (await work()).list(options));
  return command;
}
