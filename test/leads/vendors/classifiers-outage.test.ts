import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/leads/limits.ts';
import { rulesVersion } from '../../../lambdas/leads/work/rules.ts';
import { aCompany, anAnswer, answering } from './asking.ts';

const note = 'My name is Quetzal: what does it cost?';
const hasty = 'Need urgent pricing for 50 seats ASAP!';
const openai = { adapter: 'openai' };

describe('a model that is not available', () => {
  const respond = (status: number, code?: string, headers: Record<string, string> = {}) => ({
    kind: 'respond' as const,
    status,
    headers,
    ...(code && { body: { error: { code, message: 'The message.' } } }),
  });

  it.each([
    ['answers 429', respond(429, 'rate_limit_exceeded'), 'openai_busy'],
    ['answers 500', respond(500), 'openai_failed'],
    ['answers 503', respond(503), 'openai_failed'],
    ['refuses a key that was just rotated', respond(401), 'openai_failed'],
    ['loses the connection', { kind: 'lose' as const }, 'openai_unreachable'],
    ['answers what is no response', respond(200), 'openai_unreadable'],
  ])('for it %s is asked again, once the lead comes back', async (_, effect, code) => {
    const company = await aCompany(openai, answering(anAnswer()));
    company.openai.faults.add({ operation: 'responses.create', effect });

    await expect(company.classify(note)).rejects.toMatchObject({ next: 'retry', code });
    expect(company.meter.counts).toMatchObject({ OpenAiFailed: 1 });
    expect(company.meter.counts['TriageFallback']).toBeUndefined();

    expect(await company.classify(note, undefined, 2)).toMatchObject({
      adapter: 'openai',
      fallback_reason: null,
    });
    expect(company.operations()).toHaveLength(2);
  });

  it.each([
    ['server_error', 'openai_failed'],
    ['rate_limit_exceeded', 'openai_busy'],
  ] as const)('for its answer ends as failed, by %s, is asked again', async (code, reason) => {
    const outcome = { kind: 'failed' as const, code, message: 'The message.' };
    const company = await aCompany(openai, { answer: () => outcome });

    await expect(company.classify(note)).rejects.toMatchObject({ next: 'retry', code: reason });
  });

  it.each([
    ['as long as any outage is borne', note, limits.outageAttempts],
    ['for seconds where the lead may be due within the hour', hasty, limits.maxAttempts],
  ])('is waited for %s; then the rules classify, and say why', async (_, text, attempts) => {
    const company = await aCompany(openai);
    const effect = respond(503);
    company.openai.faults.add({ operation: 'responses.create', effect, times: 2 });

    await expect(company.classify(text, undefined, attempts - 1)).rejects.toMatchObject({
      code: 'openai_failed',
    });
    expect(await company.classify(text, undefined, attempts)).toMatchObject({
      adapter: 'rules',
      adapter_version: rulesVersion,
      fallback_reason: 'openai_failed',
    });
    expect(company.meter.counts['TriageFallback']).toBe(1);
  });

  it('comes back no sooner than it asks, and is not waited for beyond five minutes', async () => {
    const company = await aCompany(openai);
    for (const wait of ['300', '301']) {
      const effect = respond(429, 'rate_limit_exceeded', { 'retry-after': wait });
      company.openai.faults.add({ operation: 'responses.create', effect });
    }

    await expect(company.classify(note)).rejects.toMatchObject({ retryAfterSeconds: 300 });
    expect((await company.classify(note)).fallback_reason).toBe('openai_busy');
  });

  it('spends none of the company’s calls by what it did not answer', async () => {
    const company = await aCompany(openai, { ...answering(anAnswer()), calls: 1 });
    const effect = respond(503);
    company.openai.faults.add({ operation: 'responses.create', effect, times: 3 });

    for (const tries of [1, 2, 3]) {
      await expect(company.classify(note, undefined, tries)).rejects.toMatchObject({
        code: 'openai_failed',
      });
    }

    expect((await company.classify(note, undefined, 4)).adapter).toBe('openai');
    expect((await company.classify(note)).fallback_reason).toBe('model_budget');
  });

  it('is waited for also where a call cannot be given back', async () => {
    const company = await aCompany(openai, { lostReturns: true });
    company.openai.faults.add({ operation: 'responses.create', effect: respond(503) });

    await expect(company.classify(note)).rejects.toMatchObject({ code: 'openai_failed' });
  });
});

describe('a model whose credit is used up', () => {
  it.each([
    ['code', { code: 'insufficient_quota', type: 'insufficient_quota' }],
    ['type alone', { code: null, type: 'insufficient_quota' }],
    ['hard limit', { code: 'billing_hard_limit_reached', type: 'invalid_request_error' }],
  ])(
    'by its %s is no busy one: the rules classify at once, and the operator is told',
    async (_, error) => {
      const company = await aCompany(openai);
      const effect = {
        kind: 'respond' as const,
        status: 429,
        body: { error: { message: 'You exceeded your current quota.', ...error } },
        headers: { 'retry-after': '20' },
      };
      company.openai.faults.add({ operation: 'responses.create', effect });

      expect(await company.classify(note)).toMatchObject({
        adapter: 'rules',
        fallback_reason: 'openai_quota',
      });
      expect(company.operations()).toEqual(['responses.create']);
      expect(company.log.lines).toMatchObject([
        { level: 'error', details: { error: { error_code: 'openai_quota' } } },
      ]);
      expect(company.meter.counts).toMatchObject({ TriageFallback: 1, OpenAiFailed: 1 });
    },
  );
});
