import { describe, expect, it } from 'vitest';
import { dependencyIds } from '../../../bench/email-runs/gradable.ts';
import { withoutPeople } from '../../../bench/email-runs/real-mail/without-people.ts';
import { realMail } from '../../../bench/email-runs/real-mail.ts';

const mail = (count: number) => realMail({ count });

describe('real mail', () => {
  it('comes in threads in which many emails have several parents', () => {
    const emails = mail(35);

    expect(emails.filter((email) => dependencyIds(email).length > 1).length).toBeGreaterThan(15);
    expect(emails.filter((email) => dependencyIds(email).length === 0).length).toBeLessThan(5);
  });

  it('starts over where more is wanted than there is, without ties between the rounds', () => {
    const emails = mail(100);

    const ids = emails.map(({ email_id }) => email_id);
    expect(new Set(ids).size).toBe(100);
    expect(emails.flatMap(dependencyIds).filter((id) => !ids.includes(id))).toEqual([]);
    const firsts = emails.filter(({ subject }) => subject === 'Apt problems');
    expect(firsts.map(({ dependencies }) => dependencies.length)).toEqual([0, 0, 0]);
  });

  it('contains no addresses and links', () => {
    const text = JSON.stringify(mail(35));

    expect(text).not.toMatch(/@\w+\.|https?:|www\./);
    expect(text.length).toBeLessThan(60_000);
  });
});

describe('a mail without people', () => {
  const people = ['"Ann Other" <ann.other@example.org>', 'Béla Smith <bela@example.org>'];

  it('has no names, addresses, links and telephone numbers', () => {
    const text =
      'Ask ANN, or write to ann@example.org, +1 555 123 4567, http://example.org/~smith.';

    expect(withoutPeople(text, people)).toBe('Ask [name], or write to [address], [number], [link]');
  });

  it('has neither quotations nor signature, closing name or list footer', () => {
    const text = [
      'On Mon, 7 Oct 2002, Ann Other wrote:',
      '> It does not work.',
      '',
      'It does for me.',
      '',
      'Bob',
      '--',
      'Bob, Elsewhere',
      '_______________________________________________',
      'List mailing list',
    ].join('\n');

    expect(withoutPeople(text, people)).toBe('It does for me.');
  });

  it('keeps words that have a name within', () => {
    expect(withoutPeople('The annual blacksmith', people)).toBe('The annual blacksmith');
  });
});
