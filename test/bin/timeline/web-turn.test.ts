import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWebTurn, webTimeline } from '../../../bin/timeline/web-turn.ts';
import { turnStore } from '../../../lambdas/agents/stores/turn-store.ts';
import { newTurn } from '../../../lambdas/agents/work/turn-record.ts';
import { conversationLog } from '../../../lambdas/conversations/stores/conversation-log.ts';
import { startTestTable, type TestTable } from '../../support/table.ts';

let table: TestTable;
beforeAll(async () => {
  table = await startTestTable();
});
afterAll(() => table.close());

const company = 'acme';
const conversation = 'conv_1';
const key = { tenant_id: company, conversation_id: conversation };
const at = '2026-11-30T10:00:00.000Z';
const author = { id: 'visitor:anon_1' };

describe('the timeline of a turn on a web page', () => {
  it('has what was asked, when the model was, and the answer; words only where they are asked for', async () => {
    const log = conversationLog({ ...table, retentionDays: async () => 1 });
    await log.open({
      ...key,
      channel: 'webchat',
      channel_id: 'webchat:conv_1',
      participant_id: 'anon_1',
      participant_name: null,
      external_id: null,
      conversation_spec_id: null,
      metadata: {},
    });
    const said = (message_id: string, role: 'user' | 'assistant', created_at: string) =>
      ({ message_id, role, text: `text of ${message_id}`, author, created_at }) as const;
    const asked = said('m1', 'user', at);
    await log.append(key, [asked], { after: 0 });
    const turns = turnStore({ ...table, retentionDays: async () => 1 });
    const begun = await turns.create({
      ...newTurn(key, 1, '2026-11-30T10:00:00.100Z'),
      failures: 1,
    });

    const running = await webTimeline({ company, conversation, id: '1' }, table, false);
    expect(running?.state).toBe('not over: 0 claims, 1 failure of the model');
    expect(running?.open).toBe('dlq show turns');
    const answer = said('turn-1:answer', 'assistant', '2026-11-30T10:00:03.000Z');
    await log.append(key, [answer], { after: 1 });
    expect(begun).toBeDefined();

    const found = await webTimeline({ company, conversation, id: 'turn-1' }, table, false);
    expect(found?.title).toBe('acme: turn-1 of conv_1');
    expect(found?.steps.map(({ what }) => what)).toEqual([
      'received: message 1',
      'begun',
      'answered: message 2',
    ]);
    expect(JSON.stringify(found)).not.toContain('text of');
    const told = await webTimeline({ company, conversation, id: 'turn-1' }, table, true);
    expect(told?.words).toEqual({ customer: 'text of m1', reply: 'text of turn-1:answer' });
  });

  it('is none where no turn covers the message, or the conversation is not there', async () => {
    expect(
      await webTimeline({ company, conversation, id: 'turn-7' }, table, false),
    ).toBeUndefined();
    const elsewhere = { company, conversation: 'conv_2', id: 'turn-1' };
    expect(await webTimeline(elsewhere, table, false)).toBeUndefined();
  });

  it('is asked for by the turn or by a sequence, and by nothing else', () => {
    expect(['turn-12', '12'].every(isWebTurn)).toBe(true);
    expect(['turn-x', 'email-12', 'SM12', ''].some(isWebTurn)).toBe(false);
  });
});
