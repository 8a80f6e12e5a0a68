import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchResponse,
  groupRecords,
  maxVisibilitySeconds,
  sentAt,
  textAttribute,
} from '../../../lambdas/shared/queue/sqs.ts';
import { aRecord } from '../../support/sqs-event.ts';

const item = fc.record({ group: fc.constantFrom('a', 'b', 'c'), n: fc.integer() });

describe('the groups of a batch', () => {
  it('hold every record once, in the order of the queue', () => {
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const groups = groupRecords(items, ({ group }) => group);

        for (const group of groups) {
          const name = group[0]?.group;
          expect(group).toEqual(items.filter((one) => one.group === name));
        }
        expect(groups.flat()).toHaveLength(items.length);
      }),
    );
  });

  it('come in the order of their first records', () => {
    expect(groupRecords(['b1', 'a1', 'b2'], ([name = '']) => name)).toEqual([['b1', 'b2'], ['a1']]);
  });
});

describe('a batch response', () => {
  it('names each failed record once', () => {
    expect(batchResponse(['r1', 'r2', 'r1'])).toEqual({
      batchItemFailures: [{ itemIdentifier: 'r1' }, { itemIdentifier: 'r2' }],
    });
  });

  it('is empty when all is done', () => {
    expect(batchResponse([])).toEqual({ batchItemFailures: [] });
  });
});

describe('when a record was sent', () => {
  it('is what SQS says', () => {
    expect(sentAt(aRecord('r1', '{}'), 7)).toBe(Date.UTC(2026, 10, 21, 10));
  });

  it('is now where an emulator does not say', () => {
    const record = aRecord('r1', '{}');
    const silent = { ...record, attributes: { ...record.attributes, SentTimestamp: '' } };

    expect(sentAt(silent, 7)).toBe(7);
  });
});

describe('the longest rest of a message that was received', () => {
  it('ends within twelve hours of the receive, though the longest invocation had it before', () => {
    const allowedSeconds = 12 * 3_600;
    const longestInvocationSeconds = 15 * 60;

    expect(longestInvocationSeconds + maxVisibilitySeconds).toBeLessThan(allowedSeconds);
  });
});

describe('an attribute of a message', () => {
  it('is a text that SQS takes, whatever was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat(0xffff).map((n) => String.fromCharCode(n)) }),
        (text) => {
          const { StringValue: value } = textAttribute(`reason${text}`);

          expect(value).toMatch(/^[\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]{1,1000}$/u);
        },
      ),
    );
  });

  it('ends after a thousand characters, with none of them halved', () => {
    const { StringValue: value } = textAttribute(`${'x'.repeat(999)}😀`);

    expect(value).toBe(`${'x'.repeat(999)}\ufffd`);
  });
});
