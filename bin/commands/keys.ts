import { Command } from '@commander-js/extra-typings';
import { authorizerCacheSeconds } from '../../lambdas/tenancy/authorizer-context.ts';
import { isGivenRole, roles } from '../../lambdas/tenancy/scopes.ts';
import { examples, json, numeric, onDeployment } from '../command.ts';

const work = () => import('../keys.ts');
const company = ['<company>', 'whose, such as acme'] as const;
const roleNames = Object.keys(roles).filter((role) => isGivenRole(role) && role !== 'Visitor');

/** `replies keys` */
export function keys() {
  const command = new Command('keys')
    .summary('keys of the API')
    .description("The keys by which a company's programs call the API.")
    .addHelpText('after', examples('keys create acme --name "the shop"', 'keys list acme'));
  onDeployment(command.command('create').argument(...company))
    .description('prints a new key, once')
    .option('--name <text>', 'what it is for')
    .option('--role <role>', `${roleNames.join(' or ')}; TenantAdmin by default`)
    .option('--scopes <a,b>', "only these of the role's scopes")
    .addOption(numeric('--days <n>', 'it ends after so many days', [0.001, 3_650]))
    .option('--client', 'a public client id instead, for a web page: the role Visitor, no secret')
    .addOption(json())
    .action(async (whose, options) => (await work()).create(whose, options));
  onDeployment(command.command('list').argument(...company))
    .description('shows their ids, ends and last use, never the keys')
    .addOption(json())
    .action(async (whose, options) => (await work()).list(whose, options));
  onDeployment(
    command
      .command('revoke')
      .argument(...company)
      .argument('<key-id>', 'which key; replies keys list shows the ids'),
  )
    .description(`it works ${authorizerCacheSeconds} s more at most`)
    .action(async (whose, keyId, options) => (await work()).revoke(whose, keyId, options));
  return command;
}
