import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { describe, expect, it } from 'vitest';
import { retryLater } from '../../../lambdas/shared/errors.ts';
import {
  isBusyThread,
  isNoThread,
  isNotFound,
  isRefusedAsItIs,
  isTooLong,
  isUnanswerable,
  isUnsupported,
  openAiFault,
  runFaultCode,
  UnreadableAnswer,
} from '../../../lambdas/vendors/openai/errors.ts';

const answered = (status: number, error: object = {}, headers: Record<string, string> = {}) =>
  APIError.generate(status, { error }, 'The message.', new Headers(headers));

/** A refusal whose body is no JSON: something in between has written it. */
const wordless = (status: number) => APIError.generate(status, undefined, 'Bad', new Headers());

describe('fault of OpenAI', () => {
  it.each([
    [new APIConnectionError({ message: 'cut' }), 'openai_unreachable'],
    [new APIConnectionTimeoutError(), 'openai_unreachable'],
    [answered(429), 'openai_busy'],
    [answered(429, { code: 'insufficient_quota' }), 'openai_quota'],
    [answered(429, { message: 'You exceeded your current quota.' }), 'openai_quota'],
    [answered(403, { code: 'billing_hard_limit_reached' }), 'openai_quota'],
    [new APIConnectionError({ cause: new UnreadableAnswer('a page') }), 'openai_unreadable'],
    [new UnreadableAnswer('an answer without an id'), 'openai_unreadable'],
    [wordless(400), 'openai_unreadable'],
    [wordless(422), 'openai_unreadable'],
    [answered(429, { type: 'insufficient_quota' }), 'openai_quota'],
    [answered(403, { code: 'billing_not_active' }), 'openai_quota'],
    [answered(408), 'openai_failed'],
    [answered(500), 'openai_failed'],
    [answered(503), 'openai_failed'],
    [answered(401), 'openai_failed'],
    [new SyntaxError('oops'), 'openai_unexpected'],
    [new TypeError('oops'), 'unexpected'],
  ])('that may pass is left to the queue: %s', (error, code) => {
    expect(openAiFault(error, 'start')).toMatchObject({ next: 'retry', code, cause: error });
  });

  it.each([400, 404, 405, 422])('that a setting causes calls a person: %i', (status) => {
    const fault = openAiFault(answered(status, { code: 'wrong_model' }), 'start a response');

    expect(fault).toMatchObject({
      next: 'alert',
      code: 'openai_refused',
      message: `OpenAI failed to start a response: ${status} wrong_model.`,
    });
  });

  it.each([
    ['7', 7],
    ['1.5', 2],
    ['0', undefined],
    ['soon', undefined],
  ])('asks for a wait of Retry-After %s', (header, retryAfterSeconds) => {
    const fault = openAiFault(answered(429, {}, { 'retry-after': header }), 'start');

    expect(fault.retryAfterSeconds).toBe(retryAfterSeconds);
  });

  it('that was translated before stays what it is', () => {
    const fault = retryLater('secret_unavailable', 'No secret.');

    expect(openAiFault(fault, 'start')).toBe(fault);
  });

  it('never repeats what the vendor wrote, which may quote the customer', () => {
    const fault = openAiFault(answered(400, { message: 'Cannot read: my secret' }), 'start');

    expect(fault.message).not.toContain('secret');
  });
});

describe('answer of OpenAI', () => {
  it.each([
    answered(400, { code: 'conversation_locked' }),
    answered(400, { message: "Can't add messages to thread_1 while a run run_1 is active." }),
    answered(400, { message: 'Thread thread_1 already has an active run run_1.' }),
    answered(409, { code: 'conversation_locked' }),
  ])('says that the thread is busy: %s', (error) => {
    expect(isBusyThread(error)).toBe(true);
  });

  it('says so in no other case', () => {
    const others = [answered(400), answered(500, { code: 'conversation_locked' }), new Error('x')];

    expect(others.filter(isBusyThread)).toEqual([]);
  });

  it.each([
    answered(404),
    answered(400, { param: 'conversation' }),
    answered(400, { param: 'thread_id' }),
  ])('says that there is no such thread: %s', (error) => {
    expect(isNoThread(error)).toBe(true);
  });

  it.each([
    answered(400, { code: 'context_length_exceeded' }),
    answered(400, { message: "This model's maximum context length is 8192 tokens." }),
    answered(400, { message: 'the request exceeds the available context size' }),
    answered(413),
  ])('says that there is too much to read: %s', (error) => {
    expect(isTooLong(error)).toBe(true);
  });

  it('says neither in other cases', () => {
    const tooMuchOutput = "'max_tokens' is too large. This model's maximum context length is 8192.";
    const others = [
      answered(400),
      answered(400, { code: 'conversation_locked', param: 'conversation' }),
      answered(400, { param: 'model' }),
      answered(400, { message: tooMuchOutput }),
      answered(500, { message: 'The context window is broken.' }),
      new Error('context length'),
    ];

    expect(others.filter((error) => isNoThread(error) || isTooLong(error))).toEqual([]);
  });

  it.each([
    'invalid_prompt',
    'invalid_image_format',
    'image_too_large',
    'content_policy_violation',
  ])('says that no run can help: %s', (code) => {
    expect(isUnanswerable(code)).toBe(true);
  });

  it.each(['server_error', 'rate_limit_exceeded', '', null, undefined])(
    'says nothing of the kind: %s',
    (code) => {
      expect(isUnanswerable(code)).toBe(false);
    },
  );

  it.each([
    [400, { param: 'input', code: null }, true],
    [400, { param: 'input[3].content[1].image_url', code: 'invalid_value' }, true],
    [400, { message: 'No tool output found for function call call_1.' }, true],
    [400, {}, true],
    [422, { code: 'invalid_value' }, true],
    [400, { param: 'model', code: 'invalid_value' }, false],
    [400, { param: 'max_output_tokens' }, false],
    [400, { code: 'model_not_found' }, false],
    [400, { code: 'unsupported_parameter' }, false],
    [404, { code: 'model_not_found' }, false],
    [401, {}, false],
    [500, {}, false],
  ])('may be otherwise in another conversation: %i %j is %s', (status, error, isSo) => {
    expect(isRefusedAsItIs(answered(status, error))).toBe(isSo);
  });

  it.each([
    [{ code: 'server_error' }, 'openai_failed'],
    [{ code: 'vector_store_timeout' }, 'openai_failed'],
    [null, 'openai_failed'],
    [{ code: 'rate_limit_exceeded' }, 'openai_busy'],
    [{ code: 'insufficient_quota' }, 'openai_quota'],
    [
      { code: 'rate_limit_exceeded', message: 'You exceeded your current quota, please check…' },
      'openai_quota',
    ],
  ])('of a run that failed with %j is %s', (error, code) => {
    expect(runFaultCode(error)).toBe(code);
  });

  it('tells a route that is missing from one that refuses', () => {
    expect([404, 405, 501].map((status) => isUnsupported(answered(status)))).not.toContain(false);
    expect([400, 401, 429, 500].map((status) => isUnsupported(answered(status)))).not.toContain(
      true,
    );
    expect([answered(404), answered(400)].map(isNotFound)).toEqual([true, false]);
  });
});
