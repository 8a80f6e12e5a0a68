import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/leads/contract.ts';
import { rulesVersion } from '../../../lambdas/leads/domain/rules.ts';
import { retryLater } from '../../../lambdas/runtime/errors.ts';
import { aCompany, anAnswer, answering } from './asking.ts';

const note = 'My name is Quetzal: what does it cost?';
const hasty = 'Need urgent pricing for 50 seats ASAP!';
const openai = { adapter: 'openai' };

describe('who judges a company’s leads', () => {
  it.each([
    ['nothing', undefined],
    ['the rules', { adapter: 'rules' }],
    ['a model alone', { model: 'gpt-own' }],
  ])('are the rules where it has configured %s', async (_, triage) => {
    const company = await aCompany(triage);

    expect(await company.judge(note)).toMatchObject({
      adapter: 'rules',
      adapter_version: rulesVersion,
      fallback_reason: null,
    });
    expect(company.operations()).toEqual([]);
  });

  it('is the one that is asked for, whatever is configured', async () => {
    const byModel = await aCompany({ adapter: 'rules' }, answering(anAnswer()));
    const byRules = await aCompany(openai, answering(anAnswer()));

    expect((await byModel.judge(note, 'openai')).adapter).toBe('openai');
    expect((await byRules.judge(note, 'rules')).adapter).toBe('rules');
    expect(byRules.operations()).toEqual([]);
  });

  it.each([
    ['an adapter that there is not', { adapter: 'oracle' }],
    ['no time', { ...openai, timeout_seconds: 0 }],
    ['a field that there is not', { ...openai, temperature: 1 }],
  ])('are the rules where its configuration names %s, and somebody is told', async (_, triage) => {
    const company = await aCompany(triage);

    expect((await company.judge(note)).adapter).toBe('rules');
    expect(company.log.lines.join()).toContain('lead-triage is malformed');
  });

  it('are the rules while it is suspended, and say so', async () => {
    const company = await aCompany(openai, { suspended: true });

    expect(await company.judge(note, 'openai')).toMatchObject({
      adapter: 'rules',
      fallback_reason: 'suspended',
    });
    expect(company.operations()).toEqual([]);
  });
});

describe('a model that cannot be had', () => {
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
    ['answers what is no response', respond(200), 'openai_failed'],
  ])('for it %s is asked again, once the lead comes back', async (_, effect, code) => {
    const company = await aCompany(openai, answering(anAnswer()));
    company.openai.faults.add({ operation: 'responses.create', effect });

    await expect(company.judge(note)).rejects.toMatchObject({ next: 'retry', code });
    expect(company.meter.counts).toMatchObject({ OpenAiFailed: 1 });
    expect(company.meter.counts['TriageFallback']).toBeUndefined();

    expect(await company.judge(note, undefined, 2)).toMatchObject({
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

    await expect(company.judge(note)).rejects.toMatchObject({ next: 'retry', code: reason });
  });

  it.each([
    ['as long as any outage is borne', note, limits.outageAttempts],
    ['for seconds where the lead may be due within the hour', hasty, limits.maxAttempts],
  ])('is waited for %s; then the rules judge, and say why', async (_, text, patience) => {
    const company = await aCompany(openai);
    const effect = respond(503);
    company.openai.faults.add({ operation: 'responses.create', effect, times: 2 });

    await expect(company.judge(text, undefined, patience - 1)).rejects.toMatchObject({
      code: 'openai_failed',
    });
    expect(await company.judge(text, undefined, patience)).toMatchObject({
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

    await expect(company.judge(note)).rejects.toMatchObject({ retryAfterSeconds: 300 });
    expect((await company.judge(note)).fallback_reason).toBe('openai_busy');
  });

  it('spends none of the company’s calls by what it did not answer', async () => {
    const company = await aCompany(openai, { ...answering(anAnswer()), calls: 1 });
    const effect = respond(503);
    company.openai.faults.add({ operation: 'responses.create', effect, times: 3 });

    for (const tries of [1, 2, 3]) {
      await expect(company.judge(note, undefined, tries)).rejects.toMatchObject({
        code: 'openai_failed',
      });
    }

    expect((await company.judge(note, undefined, 4)).adapter).toBe('openai');
    expect((await company.judge(note)).fallback_reason).toBe('model_budget');
  });

  it('is waited for also where a call cannot be given back', async () => {
    const company = await aCompany(openai, { lostReturns: true });
    company.openai.faults.add({ operation: 'responses.create', effect: respond(503) });

    await expect(company.judge(note)).rejects.toMatchObject({ code: 'openai_failed' });
  });
});

describe('a model whose credit is used up', () => {
  it.each([
    ['code', { code: 'insufficient_quota', type: 'insufficient_quota' }],
    ['type alone', { code: null, type: 'insufficient_quota' }],
    ['hard limit', { code: 'billing_hard_limit_reached', type: 'invalid_request_error' }],
  ])(
    'by its %s is no busy one: the rules judge at once, and the operator is told',
    async (_, error) => {
      const company = await aCompany(openai);
      const effect = {
        kind: 'respond' as const,
        status: 429,
        body: { error: { message: 'You exceeded your current quota.', ...error } },
        headers: { 'retry-after': '20' },
      };
      company.openai.faults.add({ operation: 'responses.create', effect });

      expect(await company.judge(note)).toMatchObject({
        adapter: 'rules',
        fallback_reason: 'openai_quota',
      });
      expect(company.operations()).toEqual(['responses.create']);
      expect(company.log.lines).toEqual([expect.stringContaining('"error_code":"openai_quota"')]);
      expect(company.log.lines[0]).toContain('"error"');
      expect(company.meter.counts).toMatchObject({ TriageFallback: 1, OpenAiFailed: 1 });
    },
  );
});

describe('a model that fails', () => {
  it('for its settings are wrong is asked once, and the rules judge', async () => {
    const company = await aCompany(openai);
    const effect = { kind: 'respond' as const, status: 400 };
    company.openai.faults.add({ operation: 'responses.create', effect });

    expect(await company.judge(note)).toMatchObject({
      adapter: 'rules',
      adapter_version: rulesVersion,
      fallback_reason: 'openai_refused',
    });
    expect(company.operations()).toEqual(['responses.create']);
  });

  it('by being too slow is given up within its time, and asked again', async () => {
    const triage = { ...openai, timeout_seconds: 0.3 };
    const company = await aCompany(triage, { answer: () => ({ kind: 'hangs' }) });

    await expect(company.judge(note)).rejects.toMatchObject({ code: 'answer_too_slow' });
    expect(await company.judge(note, undefined, limits.maxAttempts)).toMatchObject({
      adapter: 'rules',
      fallback_reason: 'answer_too_slow',
    });
  });

  it.each([{ kind: 'empty' as const }, refusal()])(
    'as one that %o has the rules judge',
    async (outcome) => {
      const company = await aCompany(openai, { answer: () => outcome });

      expect(await company.judge(note)).toMatchObject({
        adapter: 'rules',
        fallback_reason: 'model_answer',
      });
    },
  );

  it('by both ways of asking has no more time than by one', async () => {
    const company = await aCompany({ ...openai, timeout_seconds: 0.5 });
    const { faults } = company.openai;
    const unsupported = { kind: 'respond' as const, status: 404 };
    faults.add({ operation: 'responses.create', effect: unsupported });
    faults.add({ operation: 'chat.completions.create', effect: { kind: 'delay', ms: 10_000 } });
    const begin = performance.now();

    await expect(company.judge(note)).rejects.toMatchObject({ code: 'answer_too_slow' });
    expect(performance.now() - begin).toBeLessThan(3_000);
  });

  it('is logged without a word of the lead, and counted', async () => {
    const company = await aCompany(openai, answering('Quetzal wants to know'));

    await company.judge(note);

    expect(company.log.lines.join()).toContain('model_answer');
    expect(company.log.lines.join()).not.toContain('Quetzal');
    expect(company.meter.counts['TriageFallback']).toBe(1);
  });
});

describe('a company’s calls of the model', () => {
  const told = 'has used up its calls of the model; the rules judge its leads';

  it('are spent by each lead; beyond them the rules judge, say so, and nobody is asked', async () => {
    const company = await aCompany(openai, { ...answering(anAnswer()), calls: 2 });

    const judged = [];
    for (let n = 0; n < 3; n++) judged.push(await company.judge(note));

    expect(judged.map(({ fallback_reason }) => fallback_reason)).toEqual([
      null,
      null,
      'model_budget',
    ]);
    expect(judged[2]).toMatchObject({ adapter: 'rules', adapter_version: rulesVersion });
    expect(company.operations()).toHaveLength(2);
    expect(company.meter.counts).toEqual({ TriageFallback: 1 });
  });

  it('bound also what is asked for anew', async () => {
    const company = await aCompany({ adapter: 'rules' }, { ...answering(anAnswer()), calls: 0 });

    expect((await company.judge(note, 'openai')).fallback_reason).toBe('model_budget');
    expect(company.operations()).toEqual([]);
  });

  it('are told once in five minutes when they are used up, however many leads come', async () => {
    const company = await aCompany(openai, { calls: 0 });
    const lines = () => company.log.lines.filter((line) => line.includes(told));

    for (let n = 0; n < 20; n++) await company.judge(note);
    expect(lines()).toEqual([expect.stringContaining('"warn"')]);
    expect(lines()[0]).toContain('"tenant_id":"acme","error_code":"model_budget"');
    expect(company.log.lines).toHaveLength(1);
    company.clock.pass(300_000);
    await company.judge(note);

    expect(lines()).toHaveLength(2);
    expect(company.meter.counts['TriageFallback']).toBe(21);
  });

  it.each([
    ['as long as there is none', 2_000, 2_000],
    ['for ten seconds at most', 17_280, 10_000],
  ])('are not asked for again %s: a flood does not fall upon the store', async (_, waitMs, ms) => {
    const company = await aCompany(openai, { calls: 0, waitMs });

    for (let n = 0; n < 20; n++) await company.judge(note);
    expect(company.spent()).toBe(1);
    company.clock.pass(ms - 1);
    await company.judge(note);
    expect(company.spent()).toBe(1);
    company.clock.pass(1);

    expect((await company.judge(note)).fallback_reason).toBe('model_budget');
    expect(company.spent()).toBe(2);
  });

  it.each([
    ['the rules judge', { adapter: 'rules' }, false],
    ['it is suspended', openai, true],
  ])('are left where %s', async (_, triage, suspended) => {
    const company = await aCompany(triage, { suspended });

    await company.judge(note);

    expect(company.spent()).toBe(0);
  });

  it('that cannot be counted let the lead come back, and ask nobody', async () => {
    const company = await aCompany(openai, { calls: retryLater('store', 'It is away.') });

    await expect(company.judge(note)).rejects.toMatchObject({ next: 'retry', code: 'store' });
    expect(company.operations()).toEqual([]);
  });
});

function refusal() {
  return { kind: 'refusal' as const, text: 'I cannot.' };
}
