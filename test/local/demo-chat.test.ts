import { beforeEach, describe, expect, it } from 'vitest';
import { configurationStore } from '../../lambdas/administration/stores/configuration-store.ts';
import { credentialStore } from '../../lambdas/administration/stores/credential-store.ts';
import { conversationStarters } from '../../lambdas/conversations/conversation-starters.ts';
import { faqItems } from '../../lambdas/conversations/faq-items.ts';
import { resourcePorts } from '../../lambdas/shared/http/resource-ports.ts';
import { features } from '../../lambdas/web-chat/features.ts';
import { type ChatStores, prepareDemoChat } from '../../local/demo-chat.ts';
import { startTestTable, type TestTable } from '../support/table.ts';

const by = { by: 'a person', expected: undefined };
const origins = ['http://127.0.0.1:3000'];
let table: TestTable;
let stores: ChatStores;

beforeEach(async () => {
  table = await startTestTable();
  stores = {
    credentials: credentialStore(table),
    configuration: configurationStore(table),
    conversationsTable: table,
  };
  return () => table.close();
});

const featureNow = async () => (await stores.configuration.find('demo', 'webchat'))?.feature_value;
const textsOf = async (kind: typeof conversationStarters | typeof faqItems) => {
  const { items } = await resourcePorts(kind, table).store.list('demo', { limit: 50 });
  return items.map(({ body }) => body);
};

describe('the chat of the demo company', () => {
  it('is as its schema demands, with starters and published questions', async () => {
    const client = await prepareDemoChat(stores, 'demo', origins);

    expect(client).toMatch(/^re_pub_demo_[0-9A-Za-z]{12}$/);
    expect(features.webchat.parse(await featureNow())).toMatchObject({
      enabled: true,
      allowed_origins: origins,
    });
    for (const body of await textsOf(conversationStarters)) conversationStarters.body.parse(body);
    expect(await textsOf(faqItems)).toContainEqual(
      expect.objectContaining({ status: 'published' }),
    );
  });

  it('is made once, with one client id', async () => {
    const client = await prepareDemoChat(stores, 'demo', origins);
    const items = await table.items();

    expect(await prepareDemoChat(stores, 'demo', origins)).toBe(client);
    expect(await table.items()).toEqual(items);
  });

  it('is also allowed where the shop is now, and keeps what a person has changed', async () => {
    await prepareDemoChat(stores, 'demo', origins);
    const value = { ...((await featureNow()) as object), name: 'Mine' };
    await stores.configuration.set('demo', 'webchat', { value, ...by });
    await prepareDemoChat(stores, 'demo', ['http://127.0.0.1:4000']);

    expect(await featureNow()).toMatchObject({
      name: 'Mine',
      allowed_origins: ['http://127.0.0.1:3000', 'http://127.0.0.1:4000'],
    });
  });

  it('stays away where a person has removed it', async () => {
    await prepareDemoChat(stores, 'demo', origins);
    await stores.configuration.remove('demo', 'webchat', by);
    await prepareDemoChat(stores, 'demo', origins);

    expect(await featureNow()).toBeUndefined();
  });

  it('gets another client id where the first was revoked', async () => {
    const first = await prepareDemoChat(stores, 'demo', origins);
    await stores.credentials.revoke('demo', first.split('_').at(-1) ?? '');

    expect(await prepareDemoChat(stores, 'demo', origins)).not.toBe(first);
  });
});
