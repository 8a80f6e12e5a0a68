import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchResponse, groupRecords } from '../../../lambdas/shared/queue/consume.ts';

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
