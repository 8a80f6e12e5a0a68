import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { discardWork, retryLater } from '../../lambdas/shared/errors.ts';
import { createLog, createMeter, errorForLog } from '../../lambdas/shared/log.ts';
import { deploymentDimension, metricNamespace } from '../../lambdas/shared/metrics.ts';
import { recordedConsole } from '../support/log.ts';

const secretText = 'The words of +4915112345678';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('an error in the log', () => {
  it('has its message and code when it is ours', () => {
    expect(errorForLog(retryLater('store', 'The table failed to read a turn.'))).toEqual({
      error_name: 'EngineError',
      error_code: 'store',
      error_message: 'The table failed to read a turn.',
    });
  });

  it('has its kind, code and status, and never its message, when it is another’s', () => {
    const error = Object.assign(new TypeError(secretText), { code: 21_610, status: 400 });

    expect(errorForLog(error)).toEqual({
      error_name: 'TypeError',
      error_code: 21_610,
      error_status: 400,
      frames: expect.arrayContaining([expect.stringContaining('log.test.ts')]),
    });
    expect(JSON.stringify(errorForLog(error))).not.toContain(secretText);
  });

  it('has the kinds of its causes', () => {
    const cause = new Error(secretText, { cause: new RangeError(secretText) });

    expect(errorForLog(discardWork('refused', 'Twilio refused it.', { cause }))).toMatchObject({
      error_code: 'refused',
      cause: { error_name: 'Error', cause: { error_name: 'RangeError' } },
    });
  });

  it('never holds what foreign errors say, however they are nested', () => {
    const nested = fc.array(fc.constantFrom('ours', 'theirs', 'text', 'object'), { maxLength: 6 });

    fc.assert(
      fc.property(nested, (kinds) => {
        const error = kinds.reduce<unknown>((cause, kind) => {
          if (kind === 'ours') return retryLater('code', 'Ours.', { cause });
          if (kind === 'theirs') return new Error(secretText, { cause });
          return kind === 'text' ? secretText : { message: secretText, body: secretText };
        }, new Error(secretText));

        expect(JSON.stringify(errorForLog(error))).not.toContain(secretText);
      }),
    );
  });

  it.each([
    ['a text', secretText, 'string'],
    ['nothing', undefined, 'undefined'],
    ['an object', { message: secretText }, 'object'],
  ])('is named by its kind when %s was thrown', (_, thrown, kind) => {
    expect(errorForLog(thrown)).toEqual({ error_name: kind });
  });
});

describe('a log line', () => {
  it('is JSON with the service and the ids that it was given', () => {
    const lines = recordedConsole('info');

    createLog('receive').info('A message was received.', { conversation_id: 'c_1' });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'INFO',
      service: 'receive',
      message: 'A message was received.',
      conversation_id: 'c_1',
    });
  });
});

describe('a meter', () => {
  it('writes its counts and durations once, when it is flushed', () => {
    const lines = recordedConsole('log');
    const meter = createMeter('receive');
    meter.count('MessagesReceived');
    meter.count('MessagesReceived', 2);
    meter.seconds('ReplySeconds', 1.5);

    meter.flush();
    meter.flush();

    expect(lines).toHaveLength(1);
    const written = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(written).toMatchObject({ service: 'receive', ReplySeconds: 1.5 });
    expect(written['MessagesReceived']).toEqual([1, 2]);
    expect(JSON.stringify(written)).toContain(metricNamespace);
  });

  it('tells deployments apart, and nothing else', () => {
    vi.stubEnv('DEPLOYMENT', 'acme-prod');
    const lines = recordedConsole('log');
    const meter = createMeter('receive');
    for (let round = 0; round < 2; round++) {
      meter.count('MessagesReceived');
      meter.flush();
    }

    for (const line of lines) {
      const written = JSON.parse(line) as Record<string, unknown>;
      expect(written).toMatchObject({ [deploymentDimension]: 'acme-prod', service: 'receive' });
      expect(written['_aws']).toMatchObject({
        CloudWatchMetrics: [{ Dimensions: [[deploymentDimension]] }],
      });
    }
    expect(lines).toHaveLength(2);
  });

  it('writes nothing when nothing was counted', () => {
    const lines = recordedConsole('log');

    createMeter('receive').flush();

    expect(lines).toEqual([]);
  });
});

describe('the origin of an error in the log', () => {
  it('never takes a line of the message for a frame', () => {
    const error = new Error('Bad body:\n    at home I hid the key');

    expect(JSON.stringify(errorForLog(error))).not.toContain('home');
    expect(errorForLog(error)['frames']).not.toEqual([]);
  });

  it('ends where causes go round in a circle', () => {
    const error = new Error('a');
    error.cause = error;

    expect(() => JSON.stringify(errorForLog(error))).not.toThrow();
  });
});
