import { Command } from '@commander-js/extra-typings';
import { examples } from '../command.ts';

/** `replies deploy` */
export const deploy = () =>
  new Command('deploy')
    .summary('deploys the stack, sized for the account')
    .description(
      'Deploys the stack by the CDK, whose other options it takes too, with the workers sized for the account.',
    )
    .argument('[options...]', 'of cdk deploy')
    .allowUnknownOption()
    .option('--stage <stage>', 'EnvironmentName: dev or prod; dev where neither is said')
    .option('--prefix <name>', 'ProjectPrefix: replies-engine where it is not said')
    .option('--profile <name>', 'of the AWS configuration')
    .addHelpText('after', examples('deploy --stage prod', 'deploy --require-approval never'))
    .action(async (more, options) => (await import('../deploy.ts')).deploy(more, options));
