import type { Calling } from '../support/calling.ts';
import type { conversations } from './conversations-app.ts';
import { aMessage, told } from './stores/handling-contract.ts';

export const visitor: Calling = {
  role: 'Participant',
  scopes: ['conversations:visit'],
  principal: 'visitor:p1',
};
export const [eva, tom] = ['key:eva', 'key:tom'].map((principal): Calling => ({ principal }));

/** A conversation on a web page, with what its customer has said. */
export async function aChat(
  ask: ReturnType<ReturnType<typeof conversations>>,
  channel: 'webchat' | 'whatsapp' = 'webchat',
) {
  const { tenant, log } = ask;
  const key = { tenant_id: tenant, conversation_id: `c-${tenant}` };
  await log.open({
    ...key,
    channel,
    participant_id: 'p1',
    metadata: { to: 'whatsapp:+49', ours: 'whatsapp:+1' },
  });
  await log.append(key, [aMessage('m1')], { after: 0 });
  /** A file of the conversation, whose upload is complete or not. */
  const file = async (isComplete: boolean): Promise<string> => {
    const file_id = crypto.randomUUID();
    const about = { filename: 'bill.pdf', mime_type: 'application/pdf', size: 3 };
    const by = { participant_id: 'p1', uploaded_by: 'key:eva', created_at: '2026-11-21T10:00:00Z' };
    const begun = { file_id, retention_days: 90, ...about, ...by };
    await ask.files.begin(key, begun);
    if (isComplete) await ask.files.complete(key, begun);
    return file_id;
  };
  const base = `/conversations/${key.conversation_id}`;
  const write = (body: unknown, more: Calling = {}) =>
    ask('POST', `/v1${base}/messages`, { body, ...more });
  const post = (action: string, more: Calling = {}) => ask('POST', `${base}/${action}`, more);
  return { ask, key, file, base, write, post, log, sent: ask.sent, told: () => told(log, key) };
}

interface Answer<Data> {
  success: true;
  data: Data;
}
export const dataOf = async <Data = Record<string, unknown>>(response: Response): Promise<Data> =>
  ((await response.json()) as Answer<Data>).data;
