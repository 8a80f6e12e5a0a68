import { tenantStore } from '../lambdas/administration/stores/tenant-store.ts';
import type { Call } from './command.ts';
import { CommandError, readTenantId, tableOf } from './target.ts';

/** The id of a company that the deployment has; else a plain line on how to see all, and how to make it. */
export async function existingCompany(
  id: string | undefined,
  { target, hint }: Pick<Call<unknown>, 'target' | 'hint'>,
): Promise<string> {
  const company = readTenantId(id);
  if (await tenantStore(tableOf(target, 'tenants')).find(company)) return company;
  throw new CommandError(
    `There is no company ${company} (${target.stage}): ${hint('npm run tenants -- list')} shows all, ${hint(`npm run tenants -- create ${company}`)} makes it.`,
  );
}
