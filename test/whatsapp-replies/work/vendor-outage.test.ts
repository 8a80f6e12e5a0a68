import { describe, expect, it } from 'vitest';
import { limits } from '../../../lambdas/whatsapp-replies/limits.ts';
import type { Effect } from '../../../local/simulators/faults.ts';
import type { Outcome } from '../../../local/simulators/openai/simulator.ts';
import { aQueuedMessage, queuedMessages } from '../../support/reply-builders.ts';
import { aSimulatedWorld, operations } from '../../support/reply-simulated.ts';

const adapters = ['responses', 'threads'] as const;
const minuteMs = 60_000;
const message = 'The model was told to.';
const quota = 'You exceeded your current quota, please check your plan and billing details.';

const failures: [what: string, outcome: Outcome, code: string][] = [
  ['a server error', { kind: 'failed', code: 'server_error', message }, 'openai_failed'],
  ['a rate limit', { kind: 'failed', code: 'rate_limit_exceeded', message }, 'openai_busy'],
  ['a used up quota', { kind: 'failed', code: 'insufficient_quota', message }, 'openai_quota'],
  [
    'a used up quota, said in words',
    { kind: 'failed', code: 'rate_limit_exceeded', message: quota },
    'openai_quota',
  ],
  ['being cancelled', { kind: 'cancelled' }, 'run_cancelled'],
];

describe.each(adapters)('runs of %s', (name) => {
  const { start } = operations[name];

  it.each(failures)(
    'that end by %s for a minute are tried again until they answer, and few are bought',
    async (_what, outcome) => {
      let until = 0;
      const begun: number[] = [];
      const world = await aSimulatedWorld(name, {
        answer: () => {
          until ||= world.clock.now() + minuteMs;
          begun.push(world.clock.now());
          return world.clock.now() < until ? outcome : { kind: 'completed', text: 'Yes.' };
        },
      });

      const dead = await world.delivers(queuedMessages(1));

      expect(dead).toEqual([]);
      expect(world.messenger.bodies).toEqual(['Yes.']);
      const [first = 0] = begun;
      expect(begun.filter((at) => at < first + 25_000).length).toBeLessThanOrEqual(3);
    },
  );

  it.each(failures)(
    'that end by %s without end are given up after a quarter of an hour, and can be redriven',
    async (_what, outcome, code) => {
      let isOver = false;
      const world = await aSimulatedWorld(name, {
        answer: () => (isOver ? { kind: 'completed', text: 'Yes.' } : outcome),
      });
      const begun = world.clock.now();

      const dead = await world.delivers(queuedMessages(1));
      const tookMs = world.clock.now() - begun;
      isOver = true;
      const redriven = await world.delivers(dead);

      expect(dead).toHaveLength(1);
      expect(world.log.at('error').at(-1)).toMatchObject({ details: { error_code: code } });
      expect(world.callsOf(start)).toBe(limits.outageAttempts + 1);
      expect(tookMs).toBeGreaterThan(12 * minuteMs);
      expect(redriven).toEqual([]);
      expect(world.messenger.bodies).toEqual(['Yes.']);
      expect(world.meter.counts['OpenAiFailed']).toBe(limits.outageAttempts);
    },
  );
});

const page = '<html><body>502 Bad Gateway</body></html>';
const unreadable: [what: string, effect: Effect][] = [
  ['a page', { kind: 'garble', text: page }],
  ['nothing', { kind: 'garble', text: '' }],
  ['half of its JSON', { kind: 'garble' }],
  ['JSON that is no object', { kind: 'garble', text: 'null' }],
  ['an object without an id', { kind: 'garble', text: '{}' }],
];
/** A call that may be repeated is repeated twice by the SDK before the queue does. */
const timesOfTheSdk = 3;

describe.each(adapters)('an answer of %s that cannot be read', (name) => {
  const { start, check, open, find } = operations[name];

  it.each(unreadable)('(%s) to a start leaves one run and one reply', async (_what, effect) => {
    const world = await aSimulatedWorld(name);
    world.faults.add({ operation: start, effect });

    const dead = await world.delivers(queuedMessages(1));

    expect(dead).toEqual([]);
    expect(world.callsOf(start)).toBe(1);
    expect(world.messenger.bodies).toHaveLength(1);
  });

  it.each([unreadable[0], unreadable[2]].flatMap((one) => (one ? [one] : [])))(
    '(%s) to a look at the run is asked for again, and no other run is bought',
    async (_what, effect) => {
      const world = await aSimulatedWorld(name);
      world.faults.add({ operation: check, effect, times: timesOfTheSdk });

      const dead = await world.delivers(queuedMessages(1));

      expect(dead).toEqual([]);
      expect(world.log.at('warn')).toMatchObject([
        { details: { error_code: 'openai_unreadable' } },
      ]);
      expect(world.callsOf(start)).toBe(1);
      expect(world.messenger.bodies).toHaveLength(1);
    },
  );

  it.each([
    ['the opening', open],
    ['a search', find],
  ])('to %s is asked for again', async (_what, operation) => {
    const world = await aSimulatedWorld(name);
    world.faults.add({ operation: start, effect: { kind: 'lose' } });
    world.faults.add({ operation, effect: { kind: 'garble', text: page }, times: timesOfTheSdk });

    const dead = await world.delivers(queuedMessages(1));

    expect(dead).toEqual([]);
    expect(world.callsOf(start)).toBe(1);
    expect(world.messenger.bodies).toHaveLength(1);
  });

  it.each([200, 400, 403, 404, 422, 502])(
    'because a page came in its place with status %i for a minute is borne',
    async (status) => {
      const world = await aSimulatedWorld(name);
      const effect = { kind: 'respond', status, text: page } as const;
      world.faults.add({ operation: start, effect, times: 6 });

      const dead = await world.delivers(queuedMessages(1));

      expect(dead).toEqual([]);
      expect(world.messenger.bodies).toHaveLength(1);
      expect(new Set(world.log.at('warn').map(({ details }) => details['error_code']))).toEqual(
        new Set([status === 502 ? 'openai_failed' : 'openai_unreadable']),
      );
    },
  );
});

const plain = { 'content-type': 'text/plain' };

describe.each(adapters)('a gateway that knows no route to %s for a minute', (name) => {
  it.each<[what: string, effect: Effect]>([
    ['plain text', { kind: 'respond', status: 404, text: 'default backend - 404', headers: plain }],
    ['nothing', { kind: 'respond', status: 404, text: '', headers: plain }],
    ['JSON of its own', { kind: 'respond', status: 404, body: { message: 'no Route matched' } }],
  ])('and says so by %s costs no message and no thread', async (_what, effect) => {
    const world = await aSimulatedWorld(name);
    await world.delivers([aQueuedMessage(1)]);
    const before = world.threadId();
    world.faults.add({ operation: operations[name].start, effect, times: 6 });

    const dead = await world.delivers([aQueuedMessage(2)]);

    expect(dead).toEqual([]);
    expect(world.messenger.bodies).toHaveLength(2);
    expect(world.threadId()).toBe(before);
  });
});

describe.each([
  ['pages of a filter', { kind: 'respond', status: 400, text: page }],
  ['server errors', { kind: 'respond', status: 500, headers: { 'x-should-retry': 'false' } }],
] satisfies [string, Effect][])('a conversation that gets only %s', (_what, effect) => {
  it.each(adapters)('is a dead letter in the end, and is left after it (%s)', async (name) => {
    const world = await aSimulatedWorld(name);
    await world.delivers([aQueuedMessage(1)]);
    const containing = world.threadId();
    const { start } = operations[name];
    world.faults.add({ operation: start, effect, times: 10_000, containing });

    const dead = await world.delivers([aQueuedMessage(2)]);
    const later = [...(await world.delivers([aQueuedMessage(3)])), ...(await world.delivers(dead))];

    expect(dead).toHaveLength(1);
    expect(later).toEqual([]);
    expect(world.messenger.bodies).toHaveLength(3);
  });
});

describe('an outage of the whole vendor', () => {
  it('costs no conversation its thread', async () => {
    const world = await aSimulatedWorld('responses');
    await world.delivers([aQueuedMessage(1)]);
    const before = world.threadId();
    const busy = { kind: 'respond', status: 429, headers: { 'retry-after': '60' } } as const;
    world.faults.add({ operation: 'responses.create', effect: busy, times: limits.outageAttempts });

    const dead = await world.delivers([aQueuedMessage(2)]);
    const redriven = await world.delivers(dead);

    expect([dead.length, redriven.length]).toEqual([1, 0]);
    expect(world.threadId()).toBe(before);
    expect(world.messenger.bodies[1]).toContain('I know 2 earlier messages');
  });
});
