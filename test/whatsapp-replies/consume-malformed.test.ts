import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertPerson, retryLater } from '../../lambdas/shared/errors.ts';
import { aQueueMessage, aRecord } from '../support/sqs-event.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aConsumer } from './consuming.ts';

let table: TestTable;
let conversations = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** A message of a conversation of its own. */
function aFreshMessage(fields: Record<string, unknown> = {}) {
  conversations += 1;
  return aQueueMessage({ conversation_id: `m_${conversations}`, fields });
}

/** What a person has written, as the API hands it over. */
const aPersons = (fields: object) => ({
  kind: 'outbound',
  ...{ tenant_id: 'acme', conversation_id: 'c_1', message_id: 'msg_1', after: 0, text: 'Hello' },
  author: { id: 'user:ada' },
  created_at: '2026-11-21T10:00:00.000Z',
  metadata: {
    customer: 'whatsapp:+15550001111',
    business_number: 'whatsapp:+14155238886',
    project_id: 'shop',
  },
  ...fields,
});

const without = (name: string) => {
  const { [name]: _left, ...rest } = aQueueMessage() as Record<string, unknown>;
  return rest;
};

describe('a malformed message', () => {
  it.each([
    ['is no JSON', '{ "twilio_message": ', 'it is not JSON'],
    ['has no fields of Twilio', without('twilio_message'), 'twilio_message is missing'],
    ['has no conversation', without('conversation_id'), 'conversation_id is missing'],
    ['has no company', without('company_id'), 'company_id is missing'],
    ['has no project', without('project_id'), 'project_id is missing'],
    ['has an empty company', aQueueMessage({ company_id: '' }), 'company_id is missing'],
    ['has an empty sender', aQueueMessage({ fields: { From: '' } }), 'twilio_message.From'],
    ['has a number as text', aQueueMessage({ fields: { Body: 7 } }), 'twilio_message.Body'],
    ['has fields that are a list', { ...aQueueMessage(), twilio_message: [] }, 'twilio_message'],
    ['is a person’s without a text', aPersons({ text: undefined }), 'text is missing'],
    ['is a person’s to nobody', aPersons({ metadata: {} }), 'metadata.customer'],
    ['is of a kind that nobody knows', { kind: 'carrier pigeon' }, 'kind is missing or malformed'],
    ['is nothing', 'null', 'is malformed'],
  ])('goes to the dead-letter queue at once when it %s', async (_, body, reason) => {
    const { consume, queue, sent, meter } = aConsumer(table);

    const stays = await consume(aRecord('r1', body));

    expect(stays).toEqual([]);
    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'malformed_message' }]);
    expect(queue.dead[0]?.reason).toContain(reason);
    expect(sent).toEqual([]);
    expect(meter.counts).toEqual({ DeadLettered: 1 });
  });

  it('names all that is wrong with it', async () => {
    const { consume, queue } = aConsumer(table);

    await consume(aRecord('r1', { twilio_message: { From: 'x' } }));

    expect(queue.dead[0]?.reason).toMatch(/Body.*conversation_id.*company_id.*project_id/);
  });

  it('is not repeated in the log', async () => {
    const { consume, log } = aConsumer(table);
    const [words, number] = ['under the mat', 'whatsapp:+4915112345678'];

    await consume(
      aRecord('r1', `{ ${words}`),
      aRecord('r2', aQueueMessage({ company_id: words, fields: { From: [number, 7] } })),
    );

    expect(log.lines).toHaveLength(2);
    expect(log.text()).not.toContain(words);
    expect(log.text()).not.toContain(number.slice(-8));
  });
});

describe('a message of a person', () => {
  it('goes to the customer and from the number that its conversation names', async () => {
    const { consume, sent, queue } = aConsumer(table);

    await consume(aRecord('r1', aPersons({ conversation_id: 'of-a-person' })));

    expect(queue.dead).toEqual([]);
    expect(sent).toMatchObject([
      { to: 'whatsapp:+15550001111', from: 'whatsapp:+14155238886', body: 'Hello' },
    ]);
  });
});

describe('a message of a producer of its own', () => {
  it('may have From and Body as lists', async () => {
    const { consume, sent } = aConsumer(table);
    const From = ['whatsapp:+15550001111'];

    await consume(aRecord('r1', aFreshMessage({ From, Body: ['From a list'] })));

    expect(sent).toMatchObject([{ to: From[0], body: 'You said: From a list' }]);
  });

  it('may leave out the prefix of its numbers', async () => {
    const { consume, sent } = aConsumer(table);

    await consume(aRecord('r1', aFreshMessage({ From: '+15550001111', To: '+14155238886' })));

    expect(sent).toMatchObject([{ to: 'whatsapp:+15550001111', from: 'whatsapp:+14155238886' }]);
  });

  it('is answered from the default number where it has no To', async () => {
    const { consume, sent } = aConsumer(table, { defaultNumber: async () => '+4930123456' });

    await consume(aRecord('r1', aFreshMessage({ To: undefined })));

    expect(sent).toMatchObject([{ from: 'whatsapp:+4930123456' }]);
  });

  it('stays in the queue while the default number is not available', async () => {
    const defaultNumber = () => Promise.reject(retryLater('secret_empty', 'Nothing yet.'));
    const { consume, queue } = aConsumer(table, { defaultNumber });

    const stays = await consume(
      aRecord('r1', aFreshMessage({ To: undefined })),
      aRecord('r2', aFreshMessage()),
    );

    expect(stays).toEqual(['r1']);
    expect(queue.dead).toEqual([]);
  });

  it('goes to the dead-letter queue where there is no default number', async () => {
    const defaultNumber = () => Promise.reject(alertPerson('sender_missing', 'No number.'));
    const { consume, queue } = aConsumer(table, { defaultNumber });

    const stays = await consume(aRecord('r1', aFreshMessage({ To: undefined })));

    expect(stays).toEqual([]);
    expect(queue.dead).toMatchObject([{ id: 'r1', code: 'sender_missing' }]);
  });

  it('is answered once by its record where it has no MessageSid', async () => {
    const { consume, sent } = aConsumer(table);
    const record = aRecord('r-without-sid', aFreshMessage({ MessageSid: undefined }));

    await consume(record);
    await consume(record);

    expect(sent).toHaveLength(1);
  });
});
