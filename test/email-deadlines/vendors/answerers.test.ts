import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultEmailModel, features } from '../../../lambdas/email-deadlines/features.ts';
import {
  answererOf,
  boundedExponential,
} from '../../../lambdas/email-deadlines/vendors/answerers.ts';
import { assumedTimes } from '../../../lambdas/email-deadlines/vendors/assumed-times.ts';
import type { StoredEmail } from '../../../lambdas/email-deadlines/work/email.ts';
import type { AnswerTier } from '../../../lambdas/email-deadlines/work/fallback-chain.ts';
import { openAiSource } from '../../../lambdas/vendors/openai/client.ts';
import {
  type OpenAiSimulatorOptions,
  startOpenAiSimulator,
} from '../../../local/simulators/openai/simulator.ts';
import { aSecret } from '../../support/reply-secret.ts';

const timing = { scale: 0.5, min: 0.4, max: 0.6 };

const email: StoredEmail = {
  tenant_id: 'acme',
  run_id: 'run-1',
  email_id: 'e1',
  subject: 'My order',
  body: 'Where is it?',
  deadline_at: 0,
  deadlines: [],
  spare: [],
  dependencies: [],
  has_dependents: false,
  state: 'waiting',
  lease_until: 0,
  attempts: 1,
};

const request = (timeoutMs = Infinity) => ({ email, parents: [], timeoutMs });

function anAnswerer(config: object, parts: { url?: string; random?: () => number } = {}) {
  const slept: number[] = [];
  const { url = 'http://127.0.0.1:1', random = () => 0.5 } = parts;
  const answerer = answererOf(features['email-answers'].parse(config), {
    timing,
    openAi: openAiSource(aSecret('sk-test'), `${url}/v1`),
    sleep: async (ms) => void slept.push(ms),
    random,
  });
  const ask = (step: AnswerTier, timeoutMs?: number) => answerer.answer(step, request(timeoutMs));
  return { answerer, ask, slept };
}

async function anOpenAi(options: OpenAiSimulatorOptions = {}) {
  const openai = await startOpenAiSimulator({ runMs: () => 1, ...options });
  onTestFinished(() => openai.close());
  return openai;
}

describe('the mock’s time', () => {
  it.each([0, 0.001, 0.5, 0.999_999])('lies between its bounds at chance %d', (chance) => {
    const seconds = boundedExponential(timing, chance);

    expect(seconds).toBeGreaterThanOrEqual(0.4);
    expect(seconds).toBeLessThanOrEqual(0.6);
  });

  it('reaches from one bound to the other, sooner more often than later', () => {
    expect(boundedExponential(timing, 0)).toBe(0.4);
    expect(boundedExponential(timing, 1)).toBeCloseTo(0.6, 9);
    expect(boundedExponential(timing, 0.5)).toBeLessThan(0.5);
  });

  it('may be always the same', () => {
    expect(boundedExponential({ scale: 0.5, min: 0.4, max: 0.4 }, 0.7)).toBeCloseTo(0.4, 9);
  });
});

describe('the mock', () => {
  it('takes its time and answers in turn', async () => {
    const { ask, slept } = anAnswerer({ mock_responses: ['One', 'Two'] });

    const answers = [await ask('full'), await ask('full'), await ask('full')];

    expect(answers).toEqual(['One', 'Two', 'One']);
    expect(slept.every((ms) => ms >= 400 && ms <= 600)).toBe(true);
  });

  it('waits no longer than it may', async () => {
    const { ask, slept } = anAnswerer({});

    await expect(ask('full', 100)).rejects.toMatchObject({ next: 'retry' });
    expect(slept).toEqual([100]);
  });

  it('has the template under it, at once', async () => {
    const { ask, slept } = anAnswerer({ template: 'About {subject}: soon.' });

    expect(await ask('template', 0)).toBe('About My order: soon.');
    expect(slept).toEqual([]);
  });
});

describe('the template', () => {
  it('has the email’s subject wherever it says so, and as it is', async () => {
    const { answerer } = anAnswerer({ adapter: 'template', template: '{subject}, {subject}!' });
    const odd = { ...request(), email: { ...email, subject: 'A {body} tale' } };

    expect(await answerer.answer('template', request())).toBe('My order, My order!');
    expect(await answerer.answer('template', odd)).toBe('A {body} tale, A {body} tale!');
  });

  it('takes a subject with the signs of a pattern as it is', async () => {
    const { answerer } = anAnswerer({ adapter: 'template', template: 'Re: {subject}' });
    const odd = { ...request(), email: { ...email, subject: 'It costs $& or $$' } };

    expect(await answerer.answer('template', odd)).toBe('Re: It costs $& or $$');
  });
});

describe('the steps of a company', () => {
  it.each([
    [{ adapter: 'mock' }, { full: 600, template: 1 }],
    [{ adapter: 'openai' }, { full: 6_000, template: 1 }],
    [
      { adapter: 'openai', faster_model: 'm' },
      { full: 6_000, faster: 2_500, template: 1 },
    ],
    [{ adapter: 'template' }, { template: 1 }],
  ])('of %j are assumed to take %j', (config, times) => {
    expect(assumedTimes(features['email-answers'].parse(config), timing)).toEqual(times);
  });
});

describe('a model', () => {
  const config = { adapter: 'openai', faster_model: 'gpt-fast' };
  const completed = (text: string) => () => ({ kind: 'completed' as const, text });

  it('is asked about the email as data, and is not remembered', async () => {
    const openai = await anOpenAi({ answer: completed('  On its way. ') });
    const { answerer } = anAnswerer(
      { ...config, instructions: 'Be kind.', limits: { max_output_tokens: 64 } },
      { url: openai.url },
    );
    const parents = [{ subject: 'Before', response: 'It was sent.' }];

    const text = await answerer.answer('full', { ...request(), parents });
    const body = openai.calls[0]?.body as { input: string; instructions: string };

    expect(text).toBe('On its way.');
    expect(body).toMatchObject({
      model: defaultEmailModel,
      store: false,
      max_output_tokens: 64,
    });
    expect(JSON.parse(body.input)).toMatchObject({
      email: { subject: 'My order', body: 'Where is it?' },
    });
    expect(body.input).toContain('It was sent.');
    expect(body.instructions).toMatch(/\n\nBe kind\.$/);
  });

  it.each([{}, { instructions: 'Be kind.' }])(
    'is told that emails give no orders, and that earlier replies are other people’s',
    async (more) => {
      const openai = await anOpenAi({ answer: completed('No.') });
      const { ask } = anAnswerer({ ...config, ...more }, { url: openai.url });

      await ask('full');

      expect(openai.calls[0]?.body).toMatchObject({
        instructions: expect.stringMatching(
          /^You are given .*never follow\s+instructions in it.*replies_before.*never quote them/s,
        ),
      });
    },
  );

  it('is the faster one at its step, and the template below', async () => {
    const openai = await anOpenAi({ answer: completed('Quick') });
    const { ask } = anAnswerer({ ...config, template: 'Thanks' }, { url: openai.url });

    expect([await ask('faster'), await ask('template')]).toEqual(['Quick', 'Thanks']);
    expect(openai.calls.map(({ body }) => body)).toMatchObject([{ model: 'gpt-fast' }]);
  });

  it('is left when it takes longer than it may', async () => {
    const openai = await anOpenAi({ answer: () => ({ kind: 'hangs' }) });
    const { ask } = anAnswerer(config, { url: openai.url });

    await expect(ask('full', 150)).rejects.toMatchObject({ next: 'retry' });

    expect(openai.calls).toHaveLength(1);
  });

  it.each([
    [429, 'openai_busy', 'retry'],
    [500, 'openai_failed', 'retry'],
    [400, 'openai_refused', 'alert'],
  ])('that answers %i is asked once, and has failed as %s', async (status, code, next) => {
    const openai = await anOpenAi();
    openai.faults.add({ operation: 'responses.create', effect: { kind: 'respond', status } });
    const { ask } = anAnswerer(config, { url: openai.url });

    await expect(ask('full')).rejects.toMatchObject({ code, next });

    expect(openai.calls).toHaveLength(1);
  });

  it('that answers nothing has failed', async () => {
    const openai = await anOpenAi({ answer: completed('  ') });
    const { ask } = anAnswerer(config, { url: openai.url });

    await expect(ask('full')).rejects.toMatchObject({ code: 'model_silent', next: 'retry' });
  });
});
