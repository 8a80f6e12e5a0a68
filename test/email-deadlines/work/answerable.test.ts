import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEmails, readers } from '../../../lambdas/email-deadlines/read-emails.ts';
import { answerableOf } from '../../../lambdas/email-deadlines/work/answerable.ts';
import { checkGraph } from '../../../lambdas/email-deadlines/work/graph.ts';
import { someEmails } from '../../support/email-run.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd', ' a', 'T#1', '');
const anything = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      email_id: fc.oneof({ weight: 9, arbitrary: id }, { weight: 1, arbitrary: fc.jsonValue() }),
      subject: fc.constantFrom('', null, 'Hello'),
      body: fc.constantFrom('', null, 'Hello'),
      deadline: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(9, '9', 0, null) }, fc.double()),
      dependencies: fc.oneof(fc.array(id), id, fc.jsonValue()),
    },
    { requiredKeys: ['email_id', 'deadline'] },
  ),
);

const split = (list: unknown[]) => answerableOf(readEmails(list, readers.served));

describe('the emails of a list that can be answered', () => {
  it('are a sound graph, and each entry is among them or set aside under a key of its own', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 12 }), (list) => {
        const { answerable, aside } = split(list);
        const keys = [...answerable, ...aside].map(({ email_id }) => email_id);

        expect(keys).toHaveLength(list.length);
        expect(new Set(keys).size).toBe(list.length);
        expect(checkGraph(answerable).kind).toBe('sound');
      }),
    );
  });

  it('are all where nothing is wrong', () => {
    fc.assert(
      fc.property(someEmails, (emails) => {
        const list = emails.map((email) => ({ ...email, body: '', deadline: 9 }));
        const { answerable, aside } = split(list);

        expect(aside).toEqual([]);
        expect(answerable.every(({ notes }) => notes.length === 0)).toBe(true);
      }),
    );
  });

  it('leave out none that is in no cycle, and of each cycle at least one', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { maxLength: 8 }), (waits) => {
        const list = waits.map((others, n) => ({
          email_id: `e${n}`,
          body: '',
          deadline: 9,
          dependencies: others.filter((other) => other < waits.length).map((other) => `e${other}`),
        }));
        const { answerable, aside } = split(list);

        expect(checkGraph(answerable).kind).toBe('sound');
        for (const { email_id } of aside) expect(reaches(list, email_id, email_id)).toBe(true);
      }),
    );
  });
});

/** Whether an email waits for another, also by way of others. */
function reaches(
  list: { email_id: string; dependencies: string[] }[],
  from: string,
  to: string,
  seen = new Set<string>(),
): boolean {
  const next = list.find(({ email_id }) => email_id === from)?.dependencies ?? [];
  return next.some((one) => {
    if (one === to) return true;
    if (seen.has(one)) return false;
    seen.add(one);
    return reaches(list, one, to, seen);
  });
}
