import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailIn } from '../../../lambdas/email-deadlines/email-schema.ts';
import { replyKeyOf } from '../../../lambdas/email-deadlines/work/reply-key.ts';

const keyOf = (email_id: string) => replyKeyOf({ run_id: 'run-1', email_id, mailbox_id: email_id });

/** Every id that an email may have. */
const anId = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.constantFrom('it’s', '注文-7', 'zgłoszenie-1', '😀', 'señal', 'a b'),
  )
  .map((email_id) => emailIn.safeParse({ email_id, body: '', deadline: 9 }))
  .filter(({ success }) => success)
  .map(({ data }) => data?.email_id ?? '');

describe('what makes a reply the same reply', () => {
  it('arrives in a header as it was sent, whatever the id', () => {
    fc.assert(
      fc.property(anId, (id) => {
        const key = keyOf(id);

        expect(new Headers({ 'idempotency-key': key }).get('idempotency-key')).toBe(key);
        expect(key).toMatch(/^[ -~]{1,260}$/);
      }),
    );
  });

  it('is another for another id', () => {
    fc.assert(
      fc.property(anId, anId, (one, other) => {
        expect(keyOf(one) === keyOf(other)).toBe(one === other);
      }),
    );
    expect(new Set(['a', 'a ', '#/3', '#'].map(keyOf)).size).toBe(4);
  });

  it.each(['e1', 'A-7', 'order 12', 'a@b.example'])('has the plain id %s as it is', (id) => {
    expect(keyOf(id)).toBe(`run-1:${id}`);
  });

  it('stays as it was for what an earlier version may have posted', () => {
    const stored = (email_id: string) => replyKeyOf({ run_id: 'run-1', email_id });

    expect(stored('señal')).toBe('run-1:señal');
    expect(stored('注文-7')).toBe(keyOf('注文-7'));
  });
});
