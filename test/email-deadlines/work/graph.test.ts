import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkGraph, type DependingEmail } from '../../../lambdas/email-deadlines/work/graph.ts';
import { graphOf, someEmails } from '../../support/email-run.ts';

const email = (email_id: string, ...dependencies: string[]): DependingEmail => ({
  email_id,
  dependencies,
});
const faultsOf = (...emails: DependingEmail[]) => {
  const check = checkGraph(emails);
  return check.kind === 'faulty' ? check.faults : [];
};
const messagesOf = (...emails: DependingEmail[]) => faultsOf(...emails).map((one) => one.message);

describe('the check of dependencies', () => {
  it('names each fault with the ids and what to do', () => {
    expect(messagesOf(email('a', 'x'), email('b', 'b'), email('c'), email('c'))).toEqual([
      'Email c is there more than once: give each email an id of its own.',
      'Email a waits for x, which is not in this run: add it or remove the dependency.',
      'Email b waits for itself: remove that dependency.',
    ]);
  });

  it('shows a cycle as a path', () => {
    expect(messagesOf(email('e7', 'e9'), email('e9', 'e7'))).toEqual([
      'Email e7 waits for e9, which waits for e7: remove one of the two dependencies.',
    ]);
    expect(messagesOf(email('a', 'b'), email('b', 'c'), email('c', 'a', 'd'), email('d'))).toEqual([
      'Email a waits for b, which waits for c, which waits for a: remove one of the three dependencies.',
    ]);
  });

  it('shortens the path of a long cycle, and has all of its ids', () => {
    const emails = Array.from({ length: 100 }, (_, index) =>
      email(`e${index}`, `e${(index + 1) % 100}`),
    );

    const [fault] = faultsOf(...emails);
    expect(fault?.message).toContain(
      '89 more, which wait for e0: remove one of the 100 dependencies',
    );
    expect(fault?.email_ids).toEqual(emails.map(({ email_id }) => email_id));
  });

  it('names each cycle that shares no email with another', () => {
    const faults = faultsOf(
      email('a', 'b'),
      email('b', 'a'),
      email('c', 'd', 'a'),
      email('d', 'c'),
    );

    expect(faults.map(({ email_ids }) => email_ids)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('finds no cycle where there is none', () => {
    fc.assert(
      fc.property(someEmails, (emails) => {
        expect(checkGraph(emails).kind).toBe('sound');
      }),
    );
  });

  it('finds a real cycle wherever an email waits for one that waits for it', () => {
    fc.assert(
      fc.property(someEmails, fc.nat(), (emails, chance) => {
        const waiting = emails.filter(({ dependencies }) => dependencies.length > 0);
        fc.pre(waiting.length > 0);
        const last = waiting[chance % waiting.length];
        const first = ancestorOf(emails, last?.email_id ?? '', chance);
        const bent = emails.map((one) =>
          one.email_id === first
            ? { ...one, dependencies: [...one.dependencies, last?.email_id ?? ''] }
            : one,
        );

        const cycles = faultsOf(...bent).filter(({ kind }) => kind === 'cycle');
        expect(cycles).not.toEqual([]);
        for (const { email_ids } of cycles) {
          email_ids.forEach((id, index) => {
            const next = email_ids[(index + 1) % email_ids.length];
            expect(bent.find((one) => one.email_id === id)?.dependencies).toContain(next);
          });
        }
      }),
    );
  });

  it('counts a dependency once, however often it is mentioned', () => {
    const graph = graphOf([email('a'), email('b', 'a', 'a')]);

    expect(graph.byId.get('b')?.parents).toHaveLength(1);
    expect(graph.byId.get('a')?.dependents).toHaveLength(1);
  });

  it('puts every email behind all that it waits for', () => {
    fc.assert(
      fc.property(someEmails, (emails) => {
        const order = graphOf(emails).order.map((node) => node.email.email_id);

        expect([...order].sort()).toEqual(emails.map(({ email_id }) => email_id).sort());
        for (const { email_id, dependencies } of emails) {
          for (const one of dependencies)
            expect(order.indexOf(one)).toBeLessThan(order.indexOf(email_id));
        }
      }),
    );
  });

  it('bears a chain of 10,000 and a cycle of as many', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => email(`e${index}`, `e${index + 1}`));

    expect(checkGraph([...chain, email('e10000')]).kind).toBe('sound');
    expect(faultsOf(...chain, email('e10000', 'e0'))[0]?.email_ids).toHaveLength(10_001);
  });
});

/** One that the email waits for, directly or through others. */
function ancestorOf(emails: readonly DependingEmail[], id: string, chance: number): string {
  const found = new Set<string>();
  const open = [id];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const next of emails.find(({ email_id }) => email_id === one)?.dependencies ?? []) {
      if (!found.has(next)) open.push(next);
      found.add(next);
    }
  }
  return [...found][chance % found.size] ?? '';
}
