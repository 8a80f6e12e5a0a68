import { tenantStore } from '../lambdas/administration/stores/tenant-store.ts';
import { CommandError, hintFor, type Target } from './command.ts';
import { readTenantId, tableOf } from './target.ts';

/** The id of a company that the deployment has; else a plain line on how to see all, and how to make it. */
export async function existingCompany(id: string | undefined, target: Target): Promise<string> {
  const company = readTenantId(id);
  if (await tenantStore(tableOf(target, 'tenants')).find(company)) return company;
  const hint = hintFor(target);
  throw new CommandError(
    `There is no company ${company} (${target.stage}): ${hint('tenants list')} shows all, ${hint(`tenants create ${company}`)} makes it.`,
  );
}
