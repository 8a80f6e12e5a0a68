import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertPerson, retryLater } from '../../lambdas/shared/errors.ts';
import { userText } from '../../lambdas/whatsapp-replies/work/turn.ts';
import { aQueueMessage, aRecord } from '../support/sqs-event.ts';
import { failingTable, startTestTable, type TestTable } from '../support/table.ts';
import { aConsumer, away, textsAsked } from './consuming.ts';

let table: TestTable;
let conversations = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** Records of one conversation, with these texts; their ids and SIDs are the texts. */
function aConversation(...texts: string[]) {
  conversations += 1;
  const conversation_id = `b_${conversations}`;
  return (groupId: string | null = conversation_id) =>
    texts.map((text) => {
      const fields = { MessageSid: `SM${conversations}${text}`, Body: text };
      return aRecord(text, aQueueMessage({ conversation_id, fields }), { groupId });
    });
}

describe('a batch', () => {
  it('is done when all its messages are answered', async () => {
    const { consume, bodies, queue } = aConsumer(table);

    const stays = await consume(...aConversation('one')(), ...aConversation('two')());

    expect(stays).toEqual([]);
    expect(bodies().sort()).toEqual(['You said: one', 'You said: two']);
    expect(queue.returned).toEqual([]);
  });

  it('is answered once when it is delivered again', async () => {
    const { consume, bodies } = aConsumer(table);
    const records = aConversation('again')();

    await consume(...records);
    const stays = await consume(...records);

    expect(stays).toEqual([]);
    expect(bodies()).toEqual(['You said: again']);
  });

  it('answers conversations at the same time: a slow one delays no other', async () => {
    const [fastSent, slowMayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { consume, bodies } = aConsumer(table, {
      async answer(turn) {
        const text = userText(turn);
        if (text === 'slow') await slowMayEnd.promise;
        else fastSent.resolve();
        return text;
      },
    });

    const done = consume(...aConversation('slow')(), ...aConversation('fast')());
    await fastSent.promise;
    const before = bodies();
    slowMayEnd.resolve();

    expect(await done).toEqual([]);
    expect(before).not.toContain('slow');
    expect(bodies()).toEqual(['fast', 'slow']);
  });

  it('keeps two companies apart that use the same conversation id', async () => {
    const { consume, asked } = aConsumer(table);
    const message = (company_id: string) =>
      aQueueMessage({ conversation_id: 'b_shared', company_id, fields: { Body: company_id } });

    await consume(aRecord('r1', message('acme')), aRecord('r2', message('globex')));

    expect(textsAsked(asked).sort()).toEqual(['acme', 'globex']);
  });
});

describe('the messages of one conversation', () => {
  it('are answered together and in order', async () => {
    const { consume, asked, bodies } = aConsumer(table);

    const stays = await consume(...aConversation('one', 'two', 'three')());

    expect(stays).toEqual([]);
    expect(textsAsked(asked)).toEqual(['one | two | three']);
    expect(bodies()).toHaveLength(1);
  });

  it('belong together where the emulator tells no group', async () => {
    const { consume, asked } = aConsumer(table);

    const stays = await consume(...aConversation('one', 'two')(null));

    expect(stays).toEqual([]);
    expect(textsAsked(asked)).toEqual(['one | two']);
  });

  it('all stay in the queue when the first fails, and come back after the backoff', async () => {
    const { consume, queue, log } = aConsumer(table, { answer: () => Promise.reject(away()) });

    const stays = await consume(...aConversation('one', 'two', 'three')());

    expect(stays).toEqual(['one', 'two', 'three']);
    expect(log.at('warn').map(({ message }) => message)).toEqual([
      'The reply failed and will be tried again.',
    ]);
    expect(queue.returned).toEqual([{ ids: ['one', 'two', 'three'], seconds: 2 }]);
    expect(queue.dead).toEqual([]);
  });

  it('that fail leave those of other conversations done', async () => {
    const { consume, queue, bodies } = aConsumer(table, {
      answer: async (turn) => {
        if (userText(turn).startsWith('bad')) throw away();
        return 'Done.';
      },
    });

    const stays = await consume(...aConversation('bad', 'later')(), ...aConversation('fine')());
    const badFails = await consume(...aConversation('bad')());

    expect([stays, badFails]).toEqual([['bad', 'later'], ['bad']]);
    expect(queue.returned.map(({ ids }) => ids)).toEqual([['bad', 'later'], ['bad']]);
    expect(bodies()).toEqual(['Done.']);
  });

  it('wait behind an earlier one that is answered by another invocation', async () => {
    const barrier = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const slow = aConsumer(table, {
      async answer() {
        started.resolve();
        await barrier.promise;
        return 'Slow.';
      },
    });
    const other = aConsumer(table);
    const [first, second] = aConversation('one', 'two')();
    if (!first || !second) throw new Error('Expected two records.');

    const working = slow.consume(first);
    await started.promise;
    const stays = await other.consume(first, second);
    barrier.resolve();

    expect(stays).toEqual(['one', 'two']);
    expect(await working).toEqual([]);
    expect([...slow.bodies(), ...other.bodies()]).toEqual(['Slow.']);
  });

  it('go to the dead-letter queue when a person must look, with the reason', async () => {
    const { consume, queue, log } = aConsumer(table, {
      answer: () => Promise.reject(alertPerson('openai_refused', 'OpenAI failed: 404.')),
    });

    const stays = await consume(...aConversation('one', 'two')());

    expect(stays).toEqual([]);
    expect(queue.dead).toMatchObject([
      { id: 'one', code: 'openai_refused', reason: 'OpenAI failed: 404.' },
      { id: 'two', code: 'openai_refused' },
    ]);
    const [conversation_id, message_sid] = [`b_${conversations}`, `SM${conversations}two`];
    expect(log.saying('went to the dead-letter queue').at(-1)?.details).toMatchObject({
      company_id: 'acme',
      conversation_id,
      message_sid,
      record_id: 'two',
    });
  });

  it('go there after five failures, and not before', async () => {
    const { consume, queue } = aConsumer(table, { answer: () => Promise.reject(away()) });
    const records = aConversation('one')();

    const stays = [];
    for (let n = 0; n < 5; n++) stays.push(await consume(...records));

    expect(stays).toEqual([['one'], ['one'], ['one'], ['one'], []]);
    expect(queue.dead).toMatchObject([{ id: 'one', code: 'model_away' }]);
  });

  it('stay when the table is away, and come back soon', async () => {
    const { consume, queue, log } = aConsumer(table, { store: failingTable(table) });

    const stays = await consume(...aConversation('one', 'two')());

    expect(stays).toEqual(['one', 'two']);
    expect(queue.returned).toEqual([{ ids: ['one', 'two'], seconds: 10 }]);
    expect(log.at('error')).toMatchObject([
      { message: 'The conversation could not be opened.', details: { error_code: 'store' } },
    ]);
  });
});

describe('a message that names no number of ours, while the secret is away', () => {
  it('holds back the later ones of its conversation, and comes back soon', async () => {
    const away = () => Promise.reject(retryLater('secret_unavailable', 'away'));
    const { consume, sent, queue, log } = aConsumer(table, { defaultNumber: away });
    const parts = { conversation_id: 'c_without_to' };
    const first = aRecord(
      'a',
      aQueueMessage({ ...parts, fields: { To: undefined, MessageSid: 'SMa' } }),
    );
    const second = aRecord('b', aQueueMessage({ ...parts, fields: { MessageSid: 'SMb' } }));

    const left = await consume(first, second);

    expect(left).toEqual(['a', 'b']);
    expect(sent).toEqual([]);
    expect(queue.returned).toEqual([{ ids: ['a', 'b'], seconds: 10 }]);
    expect(log.at('warn')).toMatchObject([{ details: { error_code: 'secret_unavailable' } }]);
  });
});
