import { describe, expect, it } from 'vitest';
import {
  alertPerson,
  asEngineError,
  discardWork,
  EngineError,
  retryLater,
} from '../../lambdas/shared/errors.ts';

describe('error', () => {
  it.each([
    [retryLater, 'retry'],
    [discardWork, 'discard'],
    [alertPerson, 'alert'],
  ] as const)('says what happens next: %s', (make, next) => {
    const cause = new Error('why');

    const error = make('code', 'What, and what next.', { cause, retryAfterSeconds: 3 });

    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({
      name: 'EngineError',
      next,
      code: 'code',
      message: 'What, and what next.',
      retryAfterSeconds: 3,
      cause,
    });
  });

  it('keeps its own classification when it is caught', () => {
    const error = discardWork('no_use', 'It can never succeed.');

    expect(asEngineError(error)).toBe(error);
  });

  it.each([
    [new TypeError('a customer wrote this'), 'TypeError'],
    ['a customer wrote this', 'string'],
    [undefined, 'undefined'],
  ])('that nobody has classified is retried, and its words stay inside', (thrown, name) => {
    const error = asEngineError(thrown);

    expect(error).toMatchObject({ next: 'retry', code: 'unexpected', cause: thrown });
    expect(error.message).toContain(name);
    expect(error.message).not.toContain('customer');
  });
});
