import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MessageStatus, messageStatuses } from '../../../lambdas/whatsapp-replies/messages.ts';
import {
  isFailure,
  isMessageStatus,
  statusesBefore,
} from '../../../lambdas/whatsapp-replies/work/delivery.ts';

/** How far a status is along the way. */
const rankOf = (status: MessageStatus) => statusesBefore(status).length;

const aStatus = fc.constantFrom(...messageStatuses);

describe('delivery status', () => {
  it('goes through the same steps as Twilio does', () => {
    const way = ['accepted', 'queued', 'sending', 'sent', 'delivered', 'read'] as const;

    expect(way.map(rankOf)).toEqual(way.map(rankOf).toSorted((a, b) => a - b));
    expect(new Set(way.map(rankOf)).size).toBe(way.length);
  });

  it('ends at the furthest that was reported, in whatever order and however often', () => {
    fc.assert(
      fc.property(fc.array(aStatus, { minLength: 1 }), (reports) => {
        let [status = 'accepted' as const] = reports;
        for (const next of reports) if (statusesBefore(next).includes(status)) status = next;

        expect(rankOf(status)).toBe(Math.max(...reports.map(rankOf)));
      }),
    );
  });

  it('never moves a message to where it is already', () => {
    for (const status of messageStatuses) expect(statusesBefore(status)).not.toContain(status);
  });

  it('is a failure only where the message did not arrive, which a later proof overrules', () => {
    expect(messageStatuses.filter(isFailure)).toEqual(['canceled', 'failed', 'undelivered']);
    expect(statusesBefore('delivered')).toEqual(expect.arrayContaining(['failed', 'undelivered']));
    expect(statusesBefore('failed')).not.toContain('delivered');
  });

  it('is one that Twilio documents', () => {
    expect(messageStatuses.every(isMessageStatus)).toBe(true);
    expect(['', 'received', 'toString'].some(isMessageStatus)).toBe(false);
  });
});
