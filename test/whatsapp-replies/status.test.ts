import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conversationLog } from '../../lambdas/conversations/stores/conversation-log.ts';
import { cachedSecret } from '../../lambdas/vendors/aws/secrets.ts';
import { parseTwilioCredentials } from '../../lambdas/vendors/twilio/credentials.ts';
import { type MessageStatus, messageStatuses } from '../../lambdas/whatsapp-replies/messages.ts';
import { paths } from '../../lambdas/whatsapp-replies/routes.ts';
import { statusApp } from '../../lambdas/whatsapp-replies/status.ts';
import { deliveryStore } from '../../lambdas/whatsapp-replies/stores/delivery-store.ts';
import { keys } from '../../lambdas/whatsapp-replies/stores/keys.ts';
import {
  encodeReference,
  type ReplyReference,
  statusesBefore,
} from '../../lambdas/whatsapp-replies/work/delivery.ts';
import { aVault } from '../support/aws.ts';
import { documented } from '../support/documented.ts';
import { recordedLog, recordedMeter } from '../support/log.ts';
import { replyStore } from '../support/reply-table.ts';
import { failingTable, startTestTable, type TestTable } from '../support/table.ts';
import { publicBaseUrl, type Signing, signedRequest, twilioSecret } from '../support/webhook.ts';
import { aPart, aTurn } from './vendors/a-turn.ts';

let table: TestTable;
let parts = 0;

beforeAll(async () => {
  table = await startTestTable();
});

afterAll(() => table.close());

const customer = '+4915112345678';

/** The status door, and one part of a reply that Twilio reports on. */
function aReportedPart(on: TestTable = table) {
  parts += 1;
  const message_key = `2026-11-21T10:00:02.000Z#SM${parts}.1`;
  const reference = { company_id: 'acme', conversation_id: 'c_1', message_key };
  const log = recordedLog();
  const meter = recordedMeter();
  const app = statusApp({
    credentials: cachedSecret(
      aVault(twilioSecret()).client,
      'twilio',
      parseTwilioCredentials,
      table.clock,
    ),
    publicBaseUrl,
    deliveries: deliveryStore(on),
    conversations: conversationLog(on),
    log,
    meter,
  });
  const path = `${paths.status}?reply=${encodeReference(reference)}`;
  return {
    reference,
    log,
    meter,
    report: async (fields: Record<string, string>, signing: Signing & { path?: string } = {}) => {
      const all = { MessageSid: 'SMreply1', To: `whatsapp:${customer}`, ...fields };
      const response = await app.request(signedRequest(signing.path ?? path, all, signing));
      return documented('POST', paths.status, response);
    },
    stored: () => table.item(keys.reply(reference, message_key)),
  };
}

const long = 'x'.repeat(1_100);

/** The callback's path with a reference that has these parts. */
const withReference = (parts: Partial<ReplyReference>): string => {
  const reference = { company_id: 'acme', conversation_id: 'c_1', message_key: 'm', ...parts };
  return `${paths.status}?reply=${encodeReference(reference)}`;
};

const status = fc.constantFrom(...messageStatuses);

const rankOf = (one: MessageStatus) => statusesBefore(one).length;

describe('a delivery status', () => {
  it('only moves forward, in whatever order and however often callbacks come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(status, { minLength: 1, maxLength: 8 }), async (reported) => {
        const { report, stored } = aReportedPart();

        const answers = [];
        for (const MessageStatus of reported)
          answers.push((await report({ MessageStatus })).status);

        const highest = Math.max(...reported.map(rankOf));
        const kept = (await stored())?.['status'] as MessageStatus;
        expect(new Set(answers)).toEqual(new Set([204]));
        expect(rankOf(kept)).toBe(highest);
        expect(kept).toBe(reported.find((one) => rankOf(one) === highest));
      }),
      { numRuns: 30 },
    );
  });

  it('ends the same for callbacks that come at the same time', async () => {
    const { report, stored } = aReportedPart();

    const all = ['read', 'sent', 'delivered', 'queued', 'sent', 'read', 'sending'];
    await Promise.all(all.map((MessageStatus) => report({ MessageStatus })));

    expect(await stored()).toMatchObject({ status: 'read', message_sid: 'SMreply1' });
  });

  it('keeps what Twilio says of a failure', async () => {
    const { report, stored, meter, log } = aReportedPart();

    await report({ MessageStatus: 'undelivered', ErrorCode: '63016' });

    expect(await stored()).toMatchObject({ status: 'undelivered', error_code: 63_016 });
    expect(meter.counts).toEqual({ MessagesUndelivered: 1 });
    expect(log.text()).toContain('63016');
  });

  it('counts a failure that is reported twice once', async () => {
    const { report, meter } = aReportedPart();

    await report({ MessageStatus: 'failed', ErrorCode: '63018' });
    await report({ MessageStatus: 'failed', ErrorCode: '63018' });

    expect(meter.counts).toEqual({ MessagesUndelivered: 1 });
  });

  it.each(['', 'none', '-1', '1e400', 'Infinity', '0x10', '9'.repeat(40)])(
    'leaves out the error code %j, which is none',
    async (ErrorCode) => {
      const { report, stored } = aReportedPart();

      const answer = await report({ MessageStatus: 'failed', ErrorCode });

      expect(answer.status).toBe(204);
      expect(await stored()).toMatchObject({ status: 'failed' });
      expect(await stored()).not.toHaveProperty('error_code');
    },
  );
});

describe('a callback', () => {
  it('that comes before the reply is recorded keeps both', async () => {
    const { report, stored, reference } = aReportedPart();
    const part = aPart({ message_key: reference.message_key, status: 'queued' });

    await report({ MessageStatus: 'delivered' });
    await replyStore(table).recordReply(aTurn({ parts: [part], state: 'sent' }));

    expect(await stored()).toMatchObject({
      turn_id: 'SM1',
      status: 'delivered',
      message_sid: 'SMreply1',
    });
  });

  it('that comes after the reply was recorded moves it on', async () => {
    const { report, stored, reference } = aReportedPart();
    const part = aPart({ message_key: reference.message_key, status: 'queued' });

    await replyStore(table).recordReply(aTurn({ parts: [part], state: 'sent' }));
    await report({ MessageStatus: 'delivered' });

    expect(await stored()).toMatchObject({ turn_id: 'SM1', status: 'delivered' });
  });

  it('of a second message for the same part does not replace the first', async () => {
    const { report, stored, meter } = aReportedPart();
    await report({ MessageStatus: 'sent' });

    const answer = await report({ MessageSid: 'SMreply2', MessageStatus: 'failed' });

    expect(answer.status).toBe(204);
    expect(await stored()).toMatchObject({ message_sid: 'SMreply1', status: 'sent' });
    expect(meter.counts).toEqual({});
  });

  it.each([
    ['no signature', { signature: null }],
    ['a wrong token', { token: 'wrong' }],
    ['another URL', { baseUrl: 'https://elsewhere.example' }],
  ])('with %s is refused and changes nothing', async (_, signing) => {
    const { report, stored, meter } = aReportedPart();

    const answer = await report({ MessageStatus: 'read' }, signing);

    expect(answer.status).toBe(403);
    expect(await stored()).toBeUndefined();
    expect(meter.counts).toEqual({ SignatureRejected: 1 });
  });

  it.each([
    ['an unknown status', { MessageStatus: 'teleported' }, undefined],
    ['no status', {}, undefined],
    ['no SID', { MessageSid: '', MessageStatus: 'sent' }, undefined],
    ['a SID that is too long', { MessageSid: 'S'.repeat(129), MessageStatus: 'sent' }, undefined],
    ['no reference', { MessageStatus: 'sent' }, paths.status],
    ['a broken reference', { MessageStatus: 'sent' }, `${paths.status}?reply=%00nonsense`],
    ['too long a message key', { MessageStatus: 'sent' }, withReference({ message_key: long })],
    [
      'too long a conversation',
      { MessageStatus: 'sent' },
      withReference({ conversation_id: long }),
    ],
    ['too long a company', { MessageStatus: 'sent' }, withReference({ company_id: long })],
    ['an empty message key', { MessageStatus: 'sent' }, withReference({ message_key: '' })],
    ['a company that is none', { MessageStatus: 'sent' }, withReference({ company_id: 'a#b' })],
  ])('with %s is answered 400', async (_, fields: Record<string, string>, path) => {
    const { report, stored } = aReportedPart();

    const answer = await report(fields, path ? { path } : {});

    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await stored()).toBeUndefined();
  });

  it('is answered 503 while the table is down, so that Twilio’s console shows it', async () => {
    const { report } = aReportedPart(failingTable(table));

    const answer = await report({ MessageStatus: 'read' });

    expect(answer.status).toBe(503);
  });

  it('never leaves the customer’s number in the log', async () => {
    const down = aReportedPart(failingTable(table));
    const up = aReportedPart();

    await down.report({ MessageStatus: 'read' });
    await up.report({ MessageStatus: 'failed', ErrorCode: '63016', ErrorMessage: customer });
    await up.report({ MessageStatus: 'read' }, { token: 'wrong' });

    const lines = [...down.log.lines, ...up.log.lines];
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain(customer.slice(1));
  });
});
