import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isNamed, lookAt } from '../../../bin/dlq/letters.ts';
import { countsOf, deadLetterQueues, type Sqs } from '../../../bin/dlq/queues.ts';
import { type RedriveOptions, redrive } from '../../../bin/dlq/redrive.ts';
import { startTestQueue, type TestQueue, target } from './queue.ts';

let test: TestQueue;

const start = (fifo: boolean) => async () => {
  test = await startTestQueue(fifo);
};

const optionsOf = (more: Partial<RedriveOptions> = {}): RedriveOptions => ({
  queue: test.letters,
  sourceUrl: test.sourceUrl,
  wanted: () => true,
  ratePerSecond: 10,
  signal: new AbortController().signal,
  clock: { now: Date.now, sleep: async () => {} },
  progress: () => {},
  ...more,
});

const run = (more: Partial<RedriveOptions> = {}, sqs: Sqs = test.queues.client) =>
  redrive(sqs, optionsOf(more));

const left = async () => {
  const { waiting, out } = await countsOf(test.queues.client, test.letters.url);
  return waiting + out;
};

/** From its nth deletion on none takes effect: those letters are sent, and still dead. */
const failingFromDeletion = (nth: number): Sqs => {
  let deletions = 0;
  const send = (command: unknown) => {
    if (command instanceof DeleteMessageCommand) deletions += 1;
    if (command instanceof DeleteMessageCommand && deletions >= nth) throw new Error('cut off');
    return test.queues.client.send(command as never);
  };
  return { send: send as Sqs['send'] };
};

afterEach(() => test.close());

describe('a redrive', () => {
  beforeEach(start(false));

  it('sends every letter back as it was, without what the consumer added', async () => {
    for (let n = 0; n < 25; n++) await test.die({ n }, { reason: 'crashed' });

    const result = await run();

    const back = await test.sentBack();
    expect(result).toEqual({ redriven: 25, cameBack: 0, stopped: false });
    expect(new Set(back.map(({ body }) => JSON.parse(body).n)).size).toBe(25);
    expect(back[0]?.attributes).toEqual(['trace']);
    expect(await left()).toBe(0);
  });

  it('takes only those that are named, and leaves the others to be seen at once', async () => {
    await test.die({ run_id: 'a' });
    const second = await test.die({ run_id: 'b' });
    await test.die({ run_id: 'c' });

    await run({ wanted: (letter) => isNamed(letter, [second, 'c']) });

    const { letters } = await lookAt(test.queues.client, test.letters.url, {
      max: 10,
      maxSeen: 10,
      wanted: () => true,
    });
    const back = (await test.sentBack()).map(({ body }) => JSON.parse(body).run_id);
    expect(new Set(back)).toEqual(new Set(['b', 'c']));
    expect(back).toHaveLength(2);
    expect(letters.map(({ body }) => JSON.parse(body).run_id)).toEqual(['a']);
  });

  it('keeps to its rate', async () => {
    let now = Date.now();
    const begun = now;
    const clock = {
      now: () => now,
      async sleep(ms: number) {
        now += Math.max(0, ms);
      },
    };
    for (let n = 0; n < 21; n++) await test.die({ n });

    await run({ ratePerSecond: 2, clock });

    expect(now - begun).toBe(10_000);
  });

  it('that is stopped leaves the rest where it was, and continues later', async () => {
    const stop = new AbortController();
    for (let n = 0; n < 30; n++) await test.die({ n });

    const first = await run({
      signal: stop.signal,
      progress: (count) => void (count === 7 && stop.abort()),
    });
    const second = await run();

    expect(first).toEqual({ redriven: 7, cameBack: 0, stopped: true });
    expect(second).toEqual({ redriven: 23, cameBack: 0, stopped: false });
    const back = await test.sentBack();
    expect(back).toHaveLength(30);
    expect(new Set(back.map(({ body }) => body)).size).toBe(30);
  });

  it('leaves letters that fail again at once', async () => {
    for (let n = 0; n < 15; n++) await test.die({ run_id: `r${n}` });
    const progress = (count: number) => void test.die({ run_id: `r${count - 1}` });

    const result = await run({ progress });

    expect(result.redriven).toBe(15);
    expect(await left()).toBe(15);
  });

  it('of nothing is nothing', async () => {
    expect(await run()).toEqual({ redriven: 0, cameBack: 0, stopped: false });
  });
});

describe('a redrive to a FIFO queue', () => {
  beforeEach(start(true));

  it('keeps each group with the order in it', async () => {
    for (let n = 0; n < 24; n++) await test.die({ n }, { group: `g${n % 2}` });

    await run();

    const back = await test.sentBack();
    const of = (group: string) =>
      back.filter((one) => one.group === group).map(({ body }) => JSON.parse(body).n);
    expect(of('g0')).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22]);
    expect(of('g1')).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23]);
  });

  it('that ended between sending and deleting sends nothing twice when it is repeated', async () => {
    for (let n = 0; n < 5; n++) await test.die({ n });

    await expect(run({}, failingFromDeletion(3))).rejects.toThrow('cut off');
    const dead = await left();
    const repeated = await run();

    expect(dead).toBe(3);
    expect(repeated.redriven).toBe(3);
    expect((await test.sentBack()).map(({ body }) => JSON.parse(body).n)).toEqual([0, 1, 2, 3, 4]);
  });

  it('is not taken for the message that was sent there before', async () => {
    await test.die({ n: 1 });
    await run();
    await test.die({ n: 1 });
    const result = await run();

    expect(result.redriven).toBe(1);
    expect(await test.sentBack()).toHaveLength(2);
  });
});

describe('the queues of dead letters', () => {
  beforeEach(start(true));

  it('are found by name, whatever they are for', async () => {
    await test.queues.create('acme-later-context-dlq-dev', {});
    await test.queues.create('acme-later-context-dlq-prod', {});
    await test.queues.create('acme-later-context-dev', {});

    const found = await deadLetterQueues(test.queues.client, target);

    expect(found.map(({ name, fifo }) => [name, fifo])).toEqual([
      ['later-context', false],
      ['orders', true],
    ]);
  });
});
