import { describe, expect, it, onTestFinished } from 'vitest';
import { textsSchema } from '../../../lambdas/agents/features.ts';
import { openAiSource } from '../../../lambdas/vendors/openai/client.ts';
import { assistantDirectory } from '../../../lambdas/whatsapp-replies/vendors/assistant-directory.ts';
import { startOpenAiSimulator } from '../../../local/simulators/openai/simulator.ts';
import { aSecret } from '../../support/reply-secret.ts';
import { someTenants } from '../../support/tenants.ts';
import { aTurn } from './a-turn.ts';

const noOpenAi = () => Promise.reject(new Error('Nothing is asked of OpenAI here.'));

type Configuration = Record<string, Record<string, unknown>>;

const directoryOf = (
  acme: Record<string, unknown> = {},
  environment: Record<string, string> = {},
  others: Configuration = {},
) =>
  assistantDirectory(someTenants({ ...others, acme }), noOpenAi, {
    environment,
    runMaxWaitSeconds: 300,
  });

const ours = { acme_shop_ASSISTANT_ID: 'asst_ours' };
const anyones = { DEFAULT_ASSISTANT_ID: 'asst_default' };
const responses = { model: 'm', instructions: 'Be kind.' };
const threads = { adapter: 'threads', assistant_id: 'asst_1' };

describe('the assistant of a turn', () => {
  it.each([
    ['its project’s', { 'assistant.shop': responses, assistant: threads }, ours, 'responses'],
    ['its company’s', { assistant: responses }, { ...ours, ...anyones }, 'responses'],
    ['not another project’s', { 'assistant.support': threads }, {}, 'responses'],
    ['its project’s, by the environment', {}, { ...ours, ...anyones }, 'threads'],
    ['the environment’s default', {}, anyones, 'threads'],
    ['the default model, where nothing is said', {}, {}, 'responses'],
    ['the default model, where a variable is empty', {}, { DEFAULT_ASSISTANT_ID: '' }, 'responses'],
  ])('is %s', async (_, configuration, environment, name) => {
    const { assistant } = await directoryOf(configuration, environment)(aTurn());

    expect(assistant.name).toBe(name);
  });

  it('is never another company’s', async () => {
    const choice = await directoryOf({}, {}, { globex: { assistant: threads } })(aTurn());

    expect(choice.assistant.name).toBe('responses');
  });

  it('says what to do where there is no such company', async () => {
    const choice = directoryOf()(aTurn({ company_id: 'nobody' }));

    await expect(choice).rejects.toMatchObject({
      next: 'alert',
      code: 'tenant_unknown',
      message: expect.stringContaining('npm run tenants -- create nobody'),
    });
  });
});

/** What OpenAI is asked for a company with these limits, where a model may write 16,000 tokens. */
async function askedWith(limits: Record<string, unknown>) {
  const openai = await startOpenAiSimulator({ runMs: () => 0 });
  onTestFinished(() => openai.close());
  const source = openAiSource(aSecret('sk-test'), `${openai.url}/v1`);
  const find = assistantDirectory(someTenants({ acme: { assistant: { limits } } }), source, {
    environment: {},
    runMaxWaitSeconds: 300,
    maxOutputTokens: 16_000,
  });
  const { assistant } = await find(aTurn());
  const start = { input: [{ text: 'Hello', images: [] }], again: false, history: async () => [] };
  await assistant.startRun(await assistant.openThread(aTurn(), []), aTurn(), start);
  return openai.calls.at(-1)?.body;
}

describe('what the model may write', () => {
  it('is bounded where the company says nothing', async () => {
    expect(await askedWith({})).toMatchObject({ max_output_tokens: 16_000 });
  });

  it('is what the company says', async () => {
    const limits = { max_output_tokens: 30_000 };

    expect(await askedWith(limits)).toMatchObject(limits);
  });
});

describe('the terms of a turn', () => {
  it('are the texts and limits that are configured', async () => {
    const texts = { fallback: 'Pardon?', unreadable: 'No {kinds}.', opted_in: 'Hello again.' };
    const assistant = { texts, limits: { run_max_wait_seconds: 20 } };

    const choice = await directoryOf({ assistant })(aTurn());

    expect(choice).toMatchObject({ texts, runMaxWaitMs: 20_000, suspended: false });
  });

  it('are the defaults where none are', async () => {
    const choice = await directoryOf()(aTurn());

    expect(choice).toMatchObject({ texts: textsSchema.parse({}), runMaxWaitMs: 300_000 });
  });

  it('say when the company is suspended', async () => {
    const tenants = someTenants({ acme: {} }, ['acme']);
    const find = assistantDirectory(tenants, noOpenAi, { environment: {}, runMaxWaitSeconds: 300 });

    expect(await find(aTurn())).toMatchObject({ suspended: true });
  });
});
