import type { configurationStore } from '../lambdas/administration/stores/configuration-store.ts';
import type { credentialStore } from '../lambdas/administration/stores/credential-store.ts';
import { clientIdOf } from '../lambdas/administration/work/api-key.ts';
import { conversationStarters } from '../lambdas/conversations/conversation-starters.ts';
import { faqItems } from '../lambdas/conversations/faq-items.ts';
import { resourcePorts } from '../lambdas/shared/http/resource-ports.ts';
import type { Table } from '../lambdas/shared/store/table.ts';

export interface ChatStores {
  credentials: ReturnType<typeof credentialStore>;
  configuration: ReturnType<typeof configurationStore>;
  /** The table of conversations, which has their starters and questions. */
  conversationsTable: Table;
}

const by = 'npm start';
const shopName = 'The demo shop';
const feature = 'webchat';

/**
 * Lets the demo company chat on its shop's page, unless it ever did: what was changed or deleted since stays so. Returns
 * the shop's public client id.
 */
export async function prepareDemoChat(
  stores: ChatStores,
  tenantId: string,
  origins: readonly string[],
): Promise<string> {
  const { configuration } = stores;
  const current = await configuration.find(tenantId, feature);
  if (current) await allow(stores, tenantId, current, origins);
  else if (!(await configuration.changes(tenantId, feature, 1))) {
    await makeTexts(stores.conversationsTable, tenantId);
    // Last, so that a start that is killed before begins all of it again.
    const value = { ...chat, allowed_origins: origins };
    await configuration.set(tenantId, feature, { value, by, expected: 'absent' });
  }
  return clientIdIn(stores, tenantId);
}

const chat = {
  name: 'Alder & Ash',
  colors: { accent: '#2f5d4a', on_accent: '#ffffff' },
  languages: ['en', 'de', 'es', 'fr', 'ar'],
  texts: {
    en: {
      subtitle: 'We answer at once, and a person is here by day',
      greeting: 'Hello! Looking for something that lasts?',
      notice: 'Please write no payment details here.',
    },
  },
};

/** The shop's page may be at another port than before. */
async function allow(
  { configuration }: ChatStores,
  tenantId: string,
  { version, feature_value }: { version: number; feature_value?: unknown },
  origins: readonly string[],
): Promise<void> {
  const value = feature_value as { allowed_origins: string[] };
  const missing = origins.filter((one) => !value.allowed_origins.includes(one));
  if (missing.length === 0) return;
  const more = { ...value, allowed_origins: [...value.allowed_origins, ...missing].slice(-50) };
  await configuration.set(tenantId, feature, { value: more, by, expected: { version } });
}

async function clientIdIn({ credentials }: ChatStores, tenantId: string): Promise<string> {
  const known = (await credentials.list(tenantId)).find(
    ({ kind, name, revoked_at }) => kind === 'client' && name === shopName && !revoked_at,
  );
  if (known) return clientIdOf(tenantId, known.key_id);
  const { text } = await credentials.create({
    tenant_id: tenantId,
    kind: 'client',
    name: shopName,
    role: 'Visitor',
    created_by: by,
  });
  return text;
}

/** Each under an id of its own, so that it is there once. */
async function makeTexts(table: Table, tenantId: string): Promise<void> {
  const kinds = [
    { ports: resourcePorts(conversationStarters, table), bodies: starters },
    { ports: resourcePorts(faqItems, table), bodies: questions },
  ];
  const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  await Promise.all(
    kinds.flatMap(({ ports, bodies }) =>
      bodies.map((body, index) =>
        ports.store.change(tenantId, idOf(index), { by, expected: undefined }, () => ({ body })),
      ),
    ),
  );
}

const starter = (language: string, text: string) => ({ text, language, pages: [] });
const starters = [
  starter('en', 'Do you ship abroad?'),
  starter('en', 'Where is my order?'),
  starter('de', 'Wo ist meine Bestellung?'),
  starter('es', '¿Dónde está mi pedido?'),
  starter('fr', 'Où est ma commande ?'),
  starter('ar', 'أين طلبي؟'),
];

const question = (text: string, answer: string) => ({
  question: text,
  answer,
  tags: [],
  language: 'en',
  status: 'published' as const,
});
const questions = [
  question(
    'May I send something back?',
    'Yes, within **60 days**, unused. We pay for the way back.',
  ),
  question('How long does delivery take?', 'Two to four days in Europe, a week elsewhere.'),
];
