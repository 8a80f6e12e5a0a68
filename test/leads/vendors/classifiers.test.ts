import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/leads/limits.ts';
import { rulesVersion } from '../../../lambdas/leads/work/rules.ts';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import { aCompany, anAnswer, answering } from './asking.ts';

const note = 'My name is Quetzal: what does it cost?';
const openai = { adapter: 'openai' };

describe('who classifies a company’s leads', () => {
  it.each([
    ['nothing', undefined],
    ['the rules', { adapter: 'rules' }],
    ['a model alone', { model: 'gpt-own' }],
  ])('are the rules where it has configured %s', async (_, triage) => {
    const company = await aCompany(triage);

    expect(await company.classify(note)).toMatchObject({
      adapter: 'rules',
      adapter_version: rulesVersion,
      fallback_reason: null,
    });
    expect(company.operations()).toEqual([]);
  });

  it('is the one that is asked for, whatever is configured', async () => {
    const byModel = await aCompany({ adapter: 'rules' }, answering(anAnswer()));
    const byRules = await aCompany(openai, answering(anAnswer()));

    expect((await byModel.classify(note, 'openai')).adapter).toBe('openai');
    expect((await byRules.classify(note, 'rules')).adapter).toBe('rules');
    expect(byRules.operations()).toEqual([]);
  });

  it.each([
    ['an adapter that there is not', { adapter: 'oracle' }],
    ['no time', { ...openai, timeout_seconds: 0 }],
    ['a field that there is not', { ...openai, temperature: 1 }],
  ])('are the rules where its configuration names %s, and somebody is told', async (_, triage) => {
    const company = await aCompany(triage);

    expect((await company.classify(note)).adapter).toBe('rules');
    expect(company.log.text()).toContain('lead-triage');
  });

  it('are the rules while it is suspended, and say so', async () => {
    const company = await aCompany(openai, { suspended: true });

    expect(await company.classify(note, 'openai')).toMatchObject({
      adapter: 'rules',
      fallback_reason: 'suspended',
    });
    expect(company.operations()).toEqual([]);
  });
});

describe('a model that fails', () => {
  it('for its settings are wrong is asked once, and the rules classify', async () => {
    const company = await aCompany(openai);
    const effect = { kind: 'respond' as const, status: 400 };
    company.openai.faults.add({ operation: 'responses.create', effect });

    expect(await company.classify(note)).toMatchObject({
      adapter: 'rules',
      adapter_version: rulesVersion,
      fallback_reason: 'openai_refused',
    });
    expect(company.operations()).toEqual(['responses.create']);
  });

  it('by being too slow is given up within its time, and asked again', async () => {
    const triage = { ...openai, timeout_seconds: 0.3 };
    const company = await aCompany(triage, { answer: () => ({ kind: 'hangs' }) });

    await expect(company.classify(note)).rejects.toMatchObject({ code: 'answer_too_slow' });
    expect(await company.classify(note, undefined, limits.maxAttempts)).toMatchObject({
      adapter: 'rules',
      fallback_reason: 'answer_too_slow',
    });
  });

  it.each([{ kind: 'empty' as const }, refusal()])(
    'as one that %o has the rules classify',
    async (outcome) => {
      const company = await aCompany(openai, { answer: () => outcome });

      expect(await company.classify(note)).toMatchObject({
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

    await expect(company.classify(note)).rejects.toMatchObject({ code: 'answer_too_slow' });
  });

  it('is logged without a word of the lead, and counted', async () => {
    const company = await aCompany(openai, answering('Quetzal wants to know'));

    await company.classify(note);

    expect(company.log.text()).toContain('model_answer');
    expect(company.log.text()).not.toContain('Quetzal');
    expect(company.meter.counts['TriageFallback']).toBe(1);
  });
});

describe('a company’s calls of the model', () => {
  const told = 'has used up its calls of the model; the rules classify its leads';

  it('are spent by each lead; beyond them the rules classify, say so, and nobody is asked', async () => {
    const company = await aCompany(openai, { ...answering(anAnswer()), calls: 2 });

    const classified = [];
    for (let n = 0; n < 3; n++) classified.push(await company.classify(note));

    expect(classified.map(({ fallback_reason }) => fallback_reason)).toEqual([
      null,
      null,
      'model_budget',
    ]);
    expect(classified[2]).toMatchObject({ adapter: 'rules', adapter_version: rulesVersion });
    expect(company.operations()).toHaveLength(2);
    expect(company.meter.counts).toEqual({ TriageFallback: 1 });
  });

  it('bound also what is asked for again', async () => {
    const company = await aCompany({ adapter: 'rules' }, { ...answering(anAnswer()), calls: 0 });

    expect((await company.classify(note, 'openai')).fallback_reason).toBe('model_budget');
    expect(company.operations()).toEqual([]);
  });

  it('are told once in five minutes when they are used up, however many leads come', async () => {
    const company = await aCompany(openai, { calls: 0 });
    const lines = () => company.log.saying(told);

    for (let n = 0; n < 20; n++) await company.classify(note);
    const details = { tenant_id: 'acme', error_code: 'model_budget' };
    expect(lines()).toMatchObject([{ level: 'warn', details }]);
    expect(company.log.lines).toHaveLength(1);
    company.clock.pass(300_000);
    await company.classify(note);

    expect(lines()).toHaveLength(2);
    expect(company.meter.counts['TriageFallback']).toBe(21);
  });

  it.each([
    ['as long as there is none', 2_000, 2_000],
    ['for ten seconds at most', 17_280, 10_000],
  ])('are not asked for again %s: a flood does not fall upon the store', async (_, waitMs, ms) => {
    const company = await aCompany(openai, { calls: 0, waitMs });

    for (let n = 0; n < 20; n++) await company.classify(note);
    expect(company.acquired()).toBe(1);
    company.clock.pass(ms - 1);
    await company.classify(note);
    expect(company.acquired()).toBe(1);
    company.clock.pass(1);

    expect((await company.classify(note)).fallback_reason).toBe('model_budget');
    expect(company.acquired()).toBe(2);
  });

  it.each([
    ['the rules classify', { adapter: 'rules' }, false],
    ['it is suspended', openai, true],
  ])('are left where %s', async (_, triage, suspended) => {
    const company = await aCompany(triage, { suspended });

    await company.classify(note);

    expect(company.acquired()).toBe(0);
  });

  it('that cannot be counted let the lead come back, and ask nobody', async () => {
    const company = await aCompany(openai, { calls: retryLater('store', 'It is away.') });

    await expect(company.classify(note)).rejects.toMatchObject({ next: 'retry', code: 'store' });
    expect(company.operations()).toEqual([]);
  });
});

function refusal() {
  return { kind: 'refusal' as const, text: 'I cannot.' };
}
