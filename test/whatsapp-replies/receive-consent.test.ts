import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { channelAdministration } from '../../lambdas/whatsapp-replies/stores/channel-registry.ts';
import { keys } from '../../lambdas/whatsapp-replies/stores/keys.ts';
import type { ConsentWords } from '../../lambdas/whatsapp-replies/work/consent.ts';
import { startTestTable, type TestTable } from '../support/table.ts';
import { aSid, businessAddress } from '../support/webhook.ts';
import { aChannel, aReceiver } from './receiving.ts';

let table: TestTable;
let people = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

/** A customer of their own, who writes to the demo channel. */
async function aWriter(words?: ConsentWords) {
  people += 1;
  const From = `whatsapp:+1555100${String(people).padStart(4, '0')}`;
  const receiver = await aReceiver(table, undefined, async () => words);
  const key = keys.customer('acme', businessAddress, From);
  return {
    ...receiver,
    says: (Body: string, name = Body) =>
      receiver.post({ From, Body, MessageSid: aSid(`${people}${name}`) }),
    postsAs: (fields: object) => receiver.post({ From, ...fields }),
    optedOut: async () => (await table.item(key))?.['opted_out'],
    consents: () => receiver.enqueued().map(({ consent }) => consent),
  };
}

describe('STOP', () => {
  it('opts the customer out at once and is passed on as such', async () => {
    const { says, optedOut, consents, meter } = await aWriter();

    await says('STOP');

    expect(await optedOut()).toBe(true);
    expect(consents()).toEqual(['stopped']);
    expect(meter.counts).toMatchObject({ OptedOut: 1 });
  });

  it.each([' stop ', 'Stop.', '“STOP”', 'UNSUBSCRIBE', 'Stop all'])(
    'is understood as %j',
    async (text) => {
      const { says, optedOut } = await aWriter();

      await says(text);

      expect(await optedOut()).toBe(true);
    },
  );

  it.each(['Please stop by tomorrow', 'stop?', 'nonstop', ''])(
    'is not what %j says',
    async (text) => {
      const { says, optedOut, consents } = await aWriter();

      await says(text);

      expect(await optedOut()).toBeUndefined();
      expect(consents()).toEqual([undefined]);
    },
  );

  it('opts out of the number that it was written to only', async () => {
    const { post } = await aReceiver(table);
    const [From, To] = ['whatsapp:+15559990001', 'whatsapp:+4930111111'];
    await channelAdministration(table).add(aChannel({ number: To }));

    await post({ From, Body: 'Hello', MessageSid: aSid('hello') });
    await post({ From, To, Body: 'STOP', MessageSid: aSid('stop') });

    const [kept, ended] = [
      keys.customer('acme', businessAddress, From),
      keys.customer('acme', To, From),
    ];
    expect(await table.item(ended)).toMatchObject({ opted_out: true });
    expect(await table.item(kept)).not.toHaveProperty('opted_out');
  });

  it('has no expiry', async () => {
    const { says } = await aWriter();

    await says('STOP');

    const customer = (await table.items()).find(({ opted_out }) => opted_out === true);
    expect(customer).not.toHaveProperty('expires_at');
  });
});

describe('START', () => {
  it('ends an opt-out', async () => {
    const { says, optedOut, consents, meter } = await aWriter();

    await says('STOP');
    await says('start');

    expect(await optedOut()).toBe(false);
    expect(consents()).toEqual(['stopped', 'started']);
    expect(meter.counts).toMatchObject({ OptedIn: 1 });
  });

  it('is a message like any other where there is no opt-out', async () => {
    const { says, consents, optedOut, enqueued } = await aWriter();

    await says('START');

    expect(consents()).toEqual([undefined]);
    expect(enqueued()[0]?.twilio_message['Body']).toBe('START');
    expect(await optedOut()).toBeUndefined();
  });
});

describe('a repeated webhook', () => {
  it('of an old STOP does not opt out again', async () => {
    const { says, optedOut, meter } = await aWriter();
    await says('STOP');
    await says('START');

    await says('STOP');

    expect(await optedOut()).toBe(false);
    expect(meter.counts).toMatchObject({ OptedOut: 1 });
  });

  it('of an old START does not opt in again', async () => {
    const { says, optedOut } = await aWriter();
    await says('STOP', 'one');
    await says('START', 'two');
    await says('STOP', 'three');

    await says('START', 'two');

    expect(await optedOut()).toBe(true);
  });

  it('changes nothing when many come at once', async () => {
    const { says, optedOut, meter } = await aWriter();

    await Promise.all([says('STOP'), says('STOP'), says('STOP')]);

    expect(await optedOut()).toBe(true);
    expect(meter.counts).toMatchObject({ OptedOut: 1, MessagesReceived: 3 });
  });

  it('leaves a new STOP what it is', async () => {
    const { says, optedOut } = await aWriter();
    await says('STOP', 'one');
    await says('START', 'two');

    await says('STOP', 'three');

    expect(await optedOut()).toBe(true);
  });
});

describe('STOP and START at the same time', () => {
  it('end as one of them says, with both remembered', async () => {
    const { says, optedOut } = await aWriter();
    await says('STOP', 'zero');

    await Promise.all([says('START', 'one'), says('STOP', 'two')]);

    expect(await optedOut()).toBeTypeOf('boolean');
    const before = await optedOut();
    await says('STOP', 'two');
    expect(await optedOut()).toBe(before);
  });
});

describe('START whose message could not be enqueued', () => {
  it('is still owed its greeting when the webhook comes again', async () => {
    const { says, optedOut, consents, queue } = await aWriter();
    await says('STOP');
    queue.failure = new Error('away');
    const failed = await says('START');
    queue.failure = undefined;

    const repeated = await says('START');

    expect([failed.status, repeated.status]).toEqual([503, 200]);
    expect(await optedOut()).toBe(false);
    expect(consents()).toEqual(['stopped', 'started']);
  });
});

describe('a button', () => {
  it.each([
    { Body: 'Stop promotions', ButtonText: 'Stop promotions', ButtonPayload: 'x-1' },
    { Body: 'No, thanks', ButtonText: 'No, thanks', ButtonPayload: 'STOP' },
    { Body: 'No, thanks', ButtonText: 'No, thanks', ButtonPayload: 'opt_out' },
    { Body: 'Nichts mehr', ListTitle: 'Nichts mehr', ListId: 'unsubscribe' },
    { Body: 'Bitte keine Werbung', ButtonText: 'Bitte keine Werbung' },
  ])('ends the messages by its text or its payload: %j', async (fields) => {
    const { postsAs, optedOut } = await aWriter({
      stop_words: ['Bitte keine Werbung'],
      start_words: [],
    });

    await postsAs(fields);

    expect(await optedOut()).toBe(true);
  });

  it('of another kind is a message like any other', async () => {
    const { postsAs, optedOut } = await aWriter();

    await postsAs({ Body: 'Yes', ButtonText: 'Yes', ButtonPayload: 'stop_over_2' });

    expect(await optedOut()).toBeUndefined();
  });
});
