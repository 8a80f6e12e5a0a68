import { describe, expect, it } from 'vitest';
import type { EmailState } from '../../../lambdas/email-deadlines/work/email.ts';
import { becameReady, isReady } from '../../../lambdas/email-deadlines/work/ready.ts';

const waitingFor = (...ids: string[]) => (ids.length > 0 ? { waiting_for: new Set(ids) } : {});

describe('an email', () => {
  it.each<[EmailState, 'order' | 'content', string[], boolean]>([
    ['waiting', 'order', ['parent'], true],
    ['waiting', 'content', ['parent'], false],
    ['waiting', 'content', [], true],
    ['drafted', 'order', ['parent'], false],
    ['drafted', 'order', [], true],
    ['sending', 'content', [], true],
    ['sent', 'order', [], false],
    ['failed', 'content', [], false],
  ])('that is %s in a run of %s and waits for [%s] is ready: %s', (state, kind, ids, expected) => {
    expect(isReady({ state, ...waitingFor(...ids) }, kind)).toBe(expected);
  });

  it.each<[EmailState, 'order' | 'content', boolean]>([
    ['waiting', 'order', false],
    ['waiting', 'content', true],
    ['drafted', 'order', true],
    ['sent', 'content', false],
  ])('that is %s in a run of %s became ready with its last parent: %s', (state, kind, expected) => {
    expect(becameReady({ state }, kind)).toBe(expected);
    expect(becameReady({ state, ...waitingFor('another') }, kind)).toBe(false);
  });
});
