import { describe, expect, it } from 'vitest';
import { emailAnswersOf, features } from '../../../lambdas/email-deadlines/features.ts';
import { mailboxUrlOf, termsOf } from '../../../lambdas/email-deadlines/stores/company.ts';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import { someTenants } from '../../support/tenants.ts';

const urls = { emails_url: 'https://mail.example/emails', respond_url: 'https://mail.example/say' };

describe('the mailbox of a company', () => {
  const mailboxAt = (url: string) =>
    features.mailbox.safeParse({ emails_url: url, respond_url: url }).success;

  it.each([
    'https://mail.example/emails',
    'https://mail.example:8443/emails?box=1',
    'https://abc.execute-api.us-east-1.amazonaws.com/respond',
  ])('may be at %s', (url) => {
    expect(mailboxAt(url)).toBe(true);
  });

  it.each([
    'http://mail.example/emails',
    'ftp://mail.example/emails',
    'mail.example/emails',
    'https://127.0.0.1/emails',
    'https://169.254.169.254/latest/meta-data',
    'https://0x7f.1/emails',
    'https://2130706433/emails',
    'https://[::1]/emails',
    'https://localhost/emails',
    'https://localhost./emails',
    'https://box.localhost/emails',
    'https://intranet/emails',
    'https://db.internal/emails',
    'https://db.internal./emails',
    'https://DB.INTERNAL/emails',
    'https://printer.local/emails',
    'https://user:pass@mail.example/emails',
    `https://mail.example/${'x'.repeat(2_000)}`,
  ])('is not at %s', (url) => {
    expect(mailboxAt(url)).toBe(false);
  });

  it('is the deployment’s where it has none of its own', async () => {
    const tenants = someTenants({ acme: {}, globex: { mailbox: urls } });
    const fallback = 'http://localhost:1/emails';

    expect(await mailboxUrlOf(tenants, 'acme', 'emails_url', fallback)).toEqual({
      url: fallback,
      isOwn: false,
    });
    expect(await mailboxUrlOf(tenants, 'acme', 'emails_url', undefined)).toBeUndefined();
    expect(await mailboxUrlOf(tenants, 'globex', 'respond_url', fallback)).toEqual({
      url: urls.respond_url,
      isOwn: true,
    });
  });
});

describe('the mailbox that an earlier version has stored', () => {
  it.each([
    [' https://mail.example/emails\n', 'https://mail.example/emails'],
    ['https://mail.example/all emails', 'https://mail.example/all%20emails'],
    ['https://ma\til.example/emails', 'https://mail.example/emails'],
  ])('is called at %j as it was then', async (stored, url) => {
    const tenants = someTenants({ acme: { mailbox: { emails_url: stored, respond_url: stored } } });

    expect(await mailboxUrlOf(tenants, 'acme', 'emails_url', undefined)).toEqual({
      url,
      isOwn: true,
    });
  });

  it('is not inside our own network, however that is written', async () => {
    const stored = ' https://127.1/emails';
    const tenants = someTenants({ acme: { mailbox: { emails_url: stored, respond_url: stored } } });

    await expect(mailboxUrlOf(tenants, 'acme', 'emails_url', undefined)).rejects.toMatchObject({
      code: 'configuration_malformed',
    });
  });
});

describe('the answers of a company', () => {
  it('are the mock’s where nothing is configured', async () => {
    const answers = await emailAnswersOf.read(someTenants({ acme: {} }), 'acme');

    expect(answers).toMatchObject({ adapter: 'mock', limits: {} });
    expect(answers.template).not.toBe('');
  });

  it('are as they are configured', async () => {
    const configured = { adapter: 'openai', model: 'gpt-x', limits: { concurrency: 3 } };
    const tenants = someTenants({ acme: { 'email-answers': configured } });

    expect(await emailAnswersOf.read(tenants, 'acme')).toMatchObject(configured);
  });
});

describe('the terms of a company', () => {
  it('are its answers and where they go', async () => {
    const terms = await termsOf(someTenants({ acme: { mailbox: urls } }), 'acme', undefined);

    expect(terms).toEqual({
      answers: expect.objectContaining({ adapter: 'mock' }),
      place: { url: urls.respond_url, isOwn: true },
    });
  });

  it.each([
    ['it has no mailbox', {}, 'mailbox_missing', 'set RESPOND_URL'],
    [
      'its mailbox is of another version',
      { mailbox: { url: 7 } },
      'configuration_malformed',
      'ox"',
    ],
    [
      'its answers are',
      { 'email-answers': { adapter: 'x' } },
      'configuration_malformed',
      'answers"',
    ],
  ])('say that nothing can be posted where %s', async (_, configured, code, what) => {
    const { fault } = await termsOf(someTenants({ acme: configured }), 'acme', undefined);

    expect(fault).toMatchObject({ next: 'alert', code });
    expect(fault?.message).toContain(what);
  });

  it('is not available while the store is away', async () => {
    const away = retryLater('store', 'DynamoDB failed to read a tenant.');
    const tenants = { ...someTenants({}), configuration: () => Promise.reject(away) };

    await expect(termsOf(tenants, 'acme', undefined)).rejects.toBe(away);
  });
});
