import { conversationStarters } from '../conversations/conversation-starters.ts';
import { faqItems } from '../conversations/faq-items.ts';
import type { Fields } from '../shared/http/resource-ports.ts';
import { resourcePorts } from '../shared/http/resource-ports.ts';
import type { Stored } from '../shared/store/resource-item.ts';
import type { Table } from '../shared/store/table.ts';
import type { Starter } from './work/chat-config.ts';
import type { Question } from './work/faq.ts';

const [pageSize, mostItems] = [100, 1_000];

/** What companies have prepared for their visitors; the newest thousand of each kind. */
export function preparedFor(table: Table) {
  const starters = resourcePorts(conversationStarters, table).store;
  const questions = resourcePorts(faqItems, table).store;
  return {
    startersOf: async (tenantId: string): Promise<Starter[]> =>
      (await all(starters, tenantId)).map(({ body }) => body as unknown as Starter),

    async questionsOf(tenantId: string): Promise<Question[]> {
      const isPublished = ({ status }: Fields) => status === 'published';
      const found = await all(questions, tenantId, isPublished);
      return found.map(({ id, body }) => {
        const { question, answer, language, tags } = body as unknown as Question;
        return { id, question, answer, language, tags };
      });
    },
  };
}

type Store = ReturnType<typeof resourcePorts>['store'];

async function all(
  store: Store,
  tenantId: string,
  where?: (fields: Fields) => boolean,
): Promise<Stored<Fields>[]> {
  const found: Stored<Fields>[] = [];
  let after: string | undefined;
  do {
    const page = await store.list(tenantId, { limit: pageSize, after, ...(where && { where }) });
    found.push(...page.items);
    after = page.next;
  } while (after !== undefined && found.length < mostItems);
  return found;
}
