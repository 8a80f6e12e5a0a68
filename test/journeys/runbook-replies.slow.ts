import { GetItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { answers, type Drill, startDrill } from '../support/drill.ts';
import { aCustomer, deadLetters, logsOf, messagesIn, queueIsEmpty } from '../support/engine.ts';
import { linesOf } from '../support/runbook.ts';

let drill: Drill;
let aheadMs = 0;
let customers = 0;

beforeAll(async () => {
  drill = await startDrill({ twilio: { now: () => Date.now() + aheadMs } });
  // From here on the door for webhooks has its secret.
  await aCustomer(drill.engine, nextNumber()).writes('Good morning');
});

// What an entry before has left in flight would be hurt by the next one's failure too.
beforeEach(() => queueIsEmpty(drill.engine, 60_000));

afterAll(() => drill.stop());

const nextNumber = () => `+1555777${String(++customers).padStart(4, '0')}`;
const someone = () => aCustomer(drill.engine, nextNumber());
const said = (sid: string) => logsOf(drill.engine, sid).map(({ message }) => message);
const soon = { timeout: 20_000, interval: 50 };

const openAiSays = (status: number, code: string) =>
  answers(status, { error: { message: 'The simulated OpenAI was told to.', code } });

/** Waits until the entry's searches find a line of this function that says so, and returns it. */
async function findsLine(heading: string, log: string, words: string) {
  const found = () => drill.found(heading, log).filter((line) => line.includes(words));
  await vi.waitFor(() => expect(found()).not.toEqual([]), soon);
  return drill.entry(found().at(-1));
}

const counts = (heading: string, ...least: number[]) =>
  vi.waitFor(() => {
    const counted = drill.counted(heading);
    expect(counted).toHaveLength(least.length);
    for (const [index, one] of least.entries()) {
      expect(counted[index]).toBeGreaterThanOrEqual(one);
    }
  }, soon);

describe('"OpenAI fails"', () => {
  it('is counted, found with its status, and over once OpenAI takes the key', async () => {
    const fix = drill.fails('openai', 'responses.create', openAiSays(401, 'invalid_api_key'));
    const customer = someone();
    await customer.writes('Where is my order?');

    const line = await findsLine('OpenAI fails', 'reply-processor', '401 invalid_api_key');
    await counts('OpenAI fails', 1);
    fix();

    expect(line).toMatchObject({ error_code: 'openai_failed' });
    expect(await customer.hears(1)).toHaveLength(1);
  });
});

describe('"Work waits"', () => {
  it('is seen as work in flight, and the log names the message that waits', async () => {
    const fix = drill.fails('openai', 'responses.create', answers(500, {}, { 'retry-after': '4' }));
    const customer = someone();
    await customer.writes('Anybody there?');

    const line = await findsLine('Work waits', 'reply-processor', '500');
    const listed = await drill.follows('Work waits', 'dlq list');
    const { message_sid: sid, company_id: company, conversation_id: id } = line;
    const told = await drill.run(
      `replies timeline ${sid} --company ${company} --conversation ${id}`,
    );
    fix();

    expect(listed).toMatch(/whatsapp-replies +no dead letters; work: 0 waiting, 1 in hand/);
    expect(told).toContain('not over');
    expect(await customer.hears(1)).toHaveLength(1);
    expect(await drill.follows('Work waits', 'dlq list')).toMatch(
      /whatsapp-replies .*work: 0 waiting, 0 in hand/,
    );
  });
});

describe('"Dead letters" of whatsapp-replies', () => {
  it('are shown with their cause, and redriven once it is fixed', async () => {
    const fix = drill.fails('openai', 'responses.create', openAiSays(404, 'model_not_found'));
    const customer = someone();
    await customer.writes('My very private question');
    await vi.waitFor(async () => expect(await messagesIn(drill.engine, deadLetters)).toBe(1), soon);
    const queue = { $QUEUE: 'whatsapp-replies' };

    const shown = await drill.follows('Dead letters', 'dlq show', queue);
    const listed = await drill.follows('Dead letters', 'dlq list');
    fix();
    const redriven = await drill.follows('Dead letters', 'dlq redrive', queue);

    expect(shown).toContain(
      'openai_refused: OpenAI failed to start a response: 404 model_not_found',
    );
    expect(shown).not.toContain('private');
    expect(listed).toMatch(/whatsapp-replies +1 dead letter,/);
    expect(redriven).toContain('1 sent back to whatsapp-replies');
    expect(await customer.hears(1)).toHaveLength(1);
    expect(await drill.follows('Dead letters', 'dlq list')).toMatch(
      /whatsapp-replies +no dead letters/,
    );
  });
});

describe('"Twilio fails"', () => {
  it('is counted, found as refused credentials, and over once the right ones are filled in', async () => {
    await queueIsEmpty(drill.engine);
    drill.fillTwilio('rotated-away');
    drill.spoil('reply-processor', {});
    const customer = someone();
    const { messageSid } = await customer.writes('Who are you?');
    // By now it has shown that it types, and has the wrong ones.
    await vi.waitFor(() => expect(said(messageSid)).toContain('Run started.'), soon);
    drill.fillTwilio();

    const line = await findsLine('Twilio fails', 'reply-processor', 'credentials refused (401)');
    await counts('Twilio fails', 1);

    expect(line).toMatchObject({ error_code: 'twilio_not_sent' });
    expect(await customer.hears(1)).toHaveLength(1);
  });
});

describe('"Messages undelivered"', () => {
  const heading = 'Messages undelivered';

  it('are counted and found, whether Twilio refuses them at once or later', async () => {
    drill.fails('twilio', 'messages.create', answers(400, { code: 21610, message: 'No.' }), 1);
    const optedOut = someone();
    await optedOut.writes('Do not answer me');
    const refused = await findsLine(heading, 'reply-processor', '21610');

    drill.fails('twilio', 'messages.create', { kind: 'delay', ms: 500 }, 1);
    onTestFinished(() => {
      aheadMs = 0;
    });
    const tooLate = someone();
    await tooLate.writes('Are you still there?');
    aheadMs = 25 * 3_600_000;
    const undelivered = await findsLine(heading, 'status', '63016');
    await counts(heading, 1, 1);

    expect(refused).toMatchObject({ error_code: 21610 });
    expect(undelivered).toMatchObject({ status: 'undelivered', error_code: 63016 });
    expect([optedOut, tooLate].map(({ received }) => received().length)).toEqual([0, 1]);
  });
});

describe('"Replies late"', () => {
  it('are timed with all their waiting, so that a redrive is known by its parts', async () => {
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const customer = someone();
    await drill.put('whatsapp-replies-local.fifo', {
      twilio_message: {
        MessageSid: `SM${'e'.repeat(32)}`,
        From: customer.from,
        To: 'whatsapp:+14155238886',
        Body: 'An hour ago',
      },
      conversation_id: 'c_late',
      company_id: 'demo',
      project_id: 'support',
      received_at: hourAgo,
    });
    await customer.hears(1);
    await queueIsEmpty(drill.engine);

    const [whole = [], ...parts] = linesOf('Replies late', 'replies metric').map((line) =>
      drill.values(line.slice('replies metric '.length)),
    );
    expect(parts).toHaveLength(3);
    const most = (values: number[]) => Math.max(...values);
    const threshold = drill.threshold('Replies late');
    expect(most(whole)).toBeGreaterThan(threshold);
    expect(parts.map((part) => most(part) > threshold)).toEqual([true, false, false]);
    expect(whole.filter((seconds) => seconds < threshold).length).toBeGreaterThan(1);
  });
});

describe('"Replies not recorded"', () => {
  it('are counted and found with their ids, and the answer is in the item that the entry names', async () => {
    drill.fails('twilio', 'messages.create', { kind: 'delay', ms: 1_500 }, 1);
    const customer = someone();
    await customer.writes('Remember me');
    await writtenMeanwhile('Remember me');

    const line = await findsLine('Replies not recorded', 'reply-processor', 'turn_id');
    await counts('Replies not recorded', 1);
    const [answer] = await customer.hears(1);

    expect(await textsByTheEntry(line)).toEqual([answer]);
    await queueIsEmpty(drill.engine);
    expect(customer.received()).toHaveLength(1);
  });

  const table = 'replies-engine-conversations-local';
  const items = () => drill.engine.cloud.services.tables.client;

  /** Another process writes the turn while it is being sent. */
  async function writtenMeanwhile(text: string): Promise<void> {
    const sending = async () => {
      const { Items: all = [] } = await items().send(new ScanCommand({ TableName: table }));
      return all.find(
        (item) => item['state']?.S === 'sending' && JSON.stringify(item).includes(text),
      );
    };
    const { pk, sk } = await vi.waitFor(async () => {
      const found = await sending();
      if (!found?.['pk'] || !found['sk']) throw new Error('Expected a turn that is being sent.');
      return { pk: found['pk'], sk: found['sk'] };
    }, soon);
    await items().send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk, sk },
        UpdateExpression: 'ADD version :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      }),
    );
  }

  /** What `aws dynamodb get-item` finds by the key that the entry gives. */
  async function textsByTheEntry(line: Record<string, unknown>) {
    const [command = ''] = linesOf('Replies not recorded', 'aws dynamodb get-item');
    const key = /--key '(.+?)'/.exec(command)?.[1] ?? '';
    const filled = key.replaceAll(/<(\w+)>/g, (_, name: string) => String(line[name]));
    const { Item: item } = await items().send(
      new GetItemCommand({ TableName: table, Key: JSON.parse(filled) }),
    );
    return item?.['parts']?.L?.map(({ M: part }) => part?.['body']?.S);
  }
});
