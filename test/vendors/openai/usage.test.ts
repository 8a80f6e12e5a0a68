import { describe, expect, it } from 'vitest';
import { microDollarsOf, recordUsage, usageMeter } from '../../../lambdas/vendors/openai/usage.ts';
import { recordedMeter } from '../../support/log.ts';

const aResponse = (model: string) => ({
  model,
  usage: {
    input_tokens: 1_000,
    input_tokens_details: { cached_tokens: 400 },
    output_tokens: 200,
  },
});

const counted = (response: Parameters<typeof recordUsage>[0], baseUrl?: string) => {
  const meter = recordedMeter();
  recordUsage(response, usageMeter(meter, baseUrl));
  return meter.counts;
};

describe('the cost of an answer', () => {
  it('is that of its fresh, its cached and its output tokens', () => {
    // 600 at 1 $, 400 at 0.10 $ and 200 at 6 $ a million.
    expect(microDollarsOf('gpt-5.6-luna', { input: 1_000, cached: 400, output: 200 })).toBeCloseTo(
      1_840,
    );
  });

  it('is counted with its tokens, also where the vendor names a dated version', () => {
    expect(counted(aResponse('gpt-5.6-luna-2026-07-09'))).toEqual({
      ModelInputTokens: 1_000,
      ModelOutputTokens: 200,
      ModelMicroDollars: 1_840,
    });
  });

  it.each([
    ['a model without a known price', 'gpt-7', undefined],
    ['a name that every object has', 'constructor', undefined],
    ['another server, whatever it calls its model', 'gpt-5.6-luna', 'http://127.0.0.1:1234/v1'],
  ])('is said to be unknown for %s', (_, model, baseUrl) => {
    expect(counted(aResponse(model), baseUrl)).toEqual({
      ModelInputTokens: 1_000,
      ModelOutputTokens: 200,
      ModelCostUnknown: 1,
    });
  });

  it('is known where OpenAI is named by its own URL', () => {
    expect(counted(aResponse('gpt-5.6-luna'), 'https://api.openai.com/v1')).toHaveProperty(
      'ModelMicroDollars',
    );
  });

  it('is counted from the tokens of a run too', () => {
    const run = { model: 'gpt-5.6-sol', usage: { prompt_tokens: 10, completion_tokens: 2 } };

    expect(counted(run)).toMatchObject({ ModelInputTokens: 10, ModelOutputTokens: 2 });
  });

  it('is not counted before the answer is there, nor where a server tells nothing', () => {
    expect(counted({ model: 'gpt-5.6-luna', usage: null })).toEqual({});
    expect(counted({ model: 'gpt-5.6-luna' })).toEqual({});
  });
});
