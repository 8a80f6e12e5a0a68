import {
  type ConfigurationStore,
  configurationStore,
} from '../../lambdas/administration/stores/configuration-store.ts';
import { tenantStore } from '../../lambdas/administration/stores/tenant-store.ts';
import { defaultModel } from '../../lambdas/agents/features.ts';
import { defaultEmailModel } from '../../lambdas/email-deadlines/features.ts';
import { counted } from '../../lambdas/shared/plural.ts';
import type { Tenant } from '../../lambdas/tenancy/tenant.ts';
import type { Channel } from '../../lambdas/whatsapp-replies/messages.ts';
import { channelAdministration } from '../../lambdas/whatsapp-replies/stores/channel-registry.ts';
import type { Target } from '../command.ts';
import { countsOf, deadLetterQueues } from '../dlq/queues.ts';
import { queuesOf, tableOf } from '../target.ts';
import { type Check, fix, ok, warn } from './check.ts';

/** What the companies on a deployment have set up, read once. */
export interface Product {
  tenants(): Promise<Tenant[]>;
  channels(): Promise<Channel[]>;
  /** The models that companies are answered by, each once. */
  models(): Promise<string[]>;
}

export function productOf(target: Target): Product {
  const once = <T>(ask: () => Promise<T>) => {
    let asked: Promise<T> | undefined;
    return () => {
      asked ??= ask();
      return asked;
    };
  };
  const tenants = once(() => tenantStore(tableOf(target, 'tenants')).list());
  return {
    tenants,
    channels: once(() => channelAdministration(tableOf(target, 'conversations')).list()),
    models: once(async () => {
      const store = configurationStore(tableOf(target, 'tenants'));
      const models = new Set<string>();
      for (const { tenant_id } of await tenants()) {
        for (const model of await modelsOf(tenant_id, store)) models.add(model);
      }
      return [...models].sort();
    }),
  };
}

const pageSize = 100;

async function modelsOf(tenantId: string, store: ConfigurationStore): Promise<string[]> {
  const found = new Map<string, string[]>([['assistant', [defaultModel]]]);
  let after: string | undefined;
  do {
    const page = await store.list(tenantId, pageSize, after);
    for (const { feature_name: name, feature_value } of page.items) {
      found.set(name, modelsIn(name, (feature_value ?? {}) as Feature));
    }
    after = page.next;
  } while (after !== undefined);
  return [...found.values()].flat();
}

type Feature = Partial<Record<'adapter' | 'model' | 'faster_model', string>>;

/** An assistant of another server brings its own model; the mock and the template have none. */
function modelsIn(name: string, { adapter, model, faster_model }: Feature): string[] {
  if (name === 'assistant' || name.startsWith('assistant.')) {
    return adapter === 'threads' ? [] : [model ?? defaultModel];
  }
  if (name !== 'email-answers' || adapter !== 'openai') return [];
  return [model ?? defaultEmailModel, ...(faster_model ? [faster_model] : [])];
}

/** What every deployment has, wherever it runs. */
export const productChecks = (
  target: Target,
  product: Product,
  hint: (text: string) => string,
): Check[] => [companies(product, hint), deadLetters(target, hint)];

const companies = ({ tenants, channels }: Product, hint: (text: string) => string): Check => ({
  name: 'companies',
  async look() {
    const [known, registered] = await Promise.all([tenants(), channels()]);
    if (known.length === 0) {
      return [fix(`there is no company: ${hint('tenants create ID')}`)];
    }
    const add = hint('channels add NUMBER --company ID --project ID');
    const found =
      registered.length === 0
        ? [fix(`no WhatsApp number is registered: ${add}`)]
        : [
            ok(
              `${counted(known.length, 'company', 'companies')} with ${counted(registered.length, 'number')}.`,
            ),
          ];
    const suspended = known.filter(({ status }) => status === 'suspended');
    const orphans = registered.filter(
      ({ company_id }) => !known.some(({ tenant_id }) => tenant_id === company_id),
    );
    return [
      ...found,
      ...suspended.map(({ tenant_id }) =>
        warn(`${tenant_id} is suspended: ${hint(`tenants resume ${tenant_id}`)}`),
      ),
      ...orphans.map(({ number, company_id }) =>
        fix(
          `${number} belongs to ${company_id}, which is not there: ${hint(`tenants create ${company_id}`)}`,
        ),
      ),
    ];
  },
});

const deadLetters = (target: Target, hint: (text: string) => string): Check => ({
  name: 'dead letters',
  async look() {
    const sqs = queuesOf(target);
    const queues = await deadLetterQueues(sqs, target);
    if (queues.length === 0) return [fix('there are no queues: is the stack deployed here?')];
    const found = await Promise.all(
      queues.map(async ({ name, url }) => ({ name, ...(await countsOf(sqs, url)) })),
    );
    const full = found.filter(({ waiting, out }) => waiting + out > 0);
    if (full.length === 0) return [ok(`none in ${counted(queues.length, 'queue')}.`)];
    return full.map(({ name, waiting, out }) =>
      warn(`${waiting + out} in ${name}: ${hint(`dlq show ${name}`)}`),
    );
  },
});
