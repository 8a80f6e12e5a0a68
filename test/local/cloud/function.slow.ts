import { describe, expect, it, vi } from 'vitest';
import { aFunction, aHandler } from './fixtures.ts';

const waitsWhenAsked = `
  if (event.wait) await new Promise((resolve) => setTimeout(resolve, event.wait));
  return { said: event.say };
`;

describe('a local function', () => {
  it('returns what its handler returned', async () => {
    const { target } = aHandler('return { doubled: event.number * 2 };');

    expect(await target.invoke({ number: 21 })).toEqual({ doubled: 42 });
  });

  it('hands results over as JSON does', async () => {
    const { target } = aHandler('return event.nothing ? undefined : { at: new Date(0) };');

    expect(await target.invoke({})).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect(await target.invoke({ nothing: true })).toBeNull();
  });

  it('has exactly the environment that it was given', async () => {
    vi.stubEnv('OF_THIS_PROCESS', 'must not be seen');
    const { target } = aHandler('return { ...process.env };', {
      environment: { CONVERSATIONS_TABLE: 'conversations', AWS_REGION: 'us-east-1' },
    });

    const seen = await target.invoke({});

    expect(seen).toEqual({ CONVERSATIONS_TABLE: 'conversations', AWS_REGION: 'us-east-1' });
    vi.unstubAllEnvs();
  });

  it('knows its name, its request and the time that it has left', async () => {
    const { target } = aHandler(
      'return { ...context, left: context.getRemainingTimeInMillis() };',
      { name: 'acme-receive-local', timeoutSeconds: 3 },
    );

    const context = (await target.invoke({})) as { left: number };

    expect(context).toMatchObject({
      functionName: 'acme-receive-local',
      memoryLimitInMB: '128',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(context.left).toBeGreaterThan(0);
    expect(context.left).toBeLessThanOrEqual(3_000);
  });

  it('keeps what its module holds from one event to the next', async () => {
    const { target } = aFunction('let n = 0; exports.handler = async () => ++n;');

    expect([await target.invoke({}), await target.invoke({})]).toEqual([1, 2]);
  });

  it('writes to the log of the deployment whatever it prints', async () => {
    const { target, lines } = aHandler(
      `console.log('{"level":"INFO"}'); console.error('trouble'); return null;`,
    );

    await target.invoke({});

    await vi.waitFor(() =>
      expect(lines.sort()).toEqual(['trial: trouble', 'trial: {"level":"INFO"}']),
    );
  });

  it('runs no more events at a time than it may have environments', async () => {
    const { target } = aFunction(
      `const { threadId } = require('node:worker_threads');
       let busy = 0;
       exports.handler = async () => {
         const overlapping = busy++;
         await new Promise((resolve) => setTimeout(resolve, 20));
         busy--;
         return { threadId, overlapping };
       };`,
      { maxEnvironments: 2 },
    );

    const runs = await Promise.all(Array.from({ length: 6 }, () => target.invoke({})));

    const seen = runs as { threadId: number; overlapping: number }[];
    expect(new Set(seen.map(({ threadId }) => threadId)).size).toBe(2);
    expect(seen.every(({ overlapping }) => overlapping === 0)).toBe(true);
  });
});

describe('a local function that fails', () => {
  it('rejects with the error, logs it, and continues in the same environment', async () => {
    const { target, lines } = aFunction(
      `let n = 0;
       exports.handler = async () => {
         if (n++ === 0) throw new TypeError('No such thing.');
         return n;
       };`,
    );

    await expect(target.invoke({})).rejects.toMatchObject({
      name: 'FunctionError',
      message: 'TypeError: No such thing.',
    });
    expect(await target.invoke({})).toBe(2);
    expect(lines.join('\n')).toMatch(
      /\tERROR\tInvoke Error \t\{"errorType":"TypeError","errorMessage":"No such thing\."/,
    );
  });

  it('names the export that it lacks', async () => {
    const { target } = aFunction('exports.other = async () => 1;');

    await expect(target.invoke({})).rejects.toThrow('exports no handler');
  });

  it.each([
    ['never answers', 'await new Promise(() => setInterval(() => {}, 1000));'],
    ['never yields', 'for (;;);'],
  ])('is ended at its timeout when it %s, and takes the next event afresh', async (_what, hang) => {
    const { target, lines } = aFunction(
      `let n = 0;
       exports.handler = async (event) => { n++; if (event.hang) { ${hang} } return n; };`,
      { timeoutSeconds: 0.2 },
    );

    await expect(target.invoke({ hang: true })).rejects.toThrow('trial timed out after 0.2 s.');

    expect(await target.invoke({})).toBe(1);
    expect(lines.join('\n')).toContain('Task timed out after 0.20 seconds');
  });

  it('is given time to load, which is not its own', async () => {
    const { target } = aFunction(
      `const until = Date.now() + 600;
       while (Date.now() < until);
       exports.handler = async (_event, context) => context.getRemainingTimeInMillis();`,
      { timeoutSeconds: 0.3 },
    );

    expect(await target.invoke({})).toBeGreaterThan(0);
  });

  it.each([
    ['exits', 'process.exit(3);', 'Error: Runtime exited with error: exit status 3'],
    [
      'leaves an error uncaught',
      `setImmediate(() => { throw new Error('lost'); }); await new Promise(() => {});`,
      '\tERROR\tUncaught Exception \t{"errorType":"Error","errorMessage":"lost"',
    ],
    [
      'leaves a rejection unhandled',
      `Promise.reject(new Error('lost')); await new Promise(() => {});`,
      '\tERROR\tUncaught Exception \t{"errorType":"Error","errorMessage":"lost"',
    ],
  ])('fails the event when it %s, and takes the next one afresh', async (_what, crash, line) => {
    const { target, lines } = aFunction(
      `let n = 0;
       exports.handler = async (event) => { n++; if (event.crash) { ${crash} } return n; };`,
    );

    await expect(target.invoke({ crash: true })).rejects.toMatchObject({ name: 'FunctionError' });

    expect(await target.invoke({})).toBe(1);
    expect(lines.join('\n')).toContain(line);
  });

  it('gives a waiting event the place of the one that timed out', async () => {
    // Within it the next one's environment must start too, also on a busy machine.
    const { target } = aHandler(waitsWhenAsked, { timeoutSeconds: 2 });

    const [late, next] = await Promise.allSettled([
      target.invoke({ wait: 60_000 }),
      target.invoke({ say: 'hello' }),
    ]);

    expect(late.status).toBe('rejected');
    expect(next).toEqual({ status: 'fulfilled', value: { said: 'hello' } });
  });
});

describe('a local function that is stopped', () => {
  it('lets the event that it is at end, with no time left', async () => {
    const { target, lines } = aHandler(
      `console.log('begun');
       while (context.getRemainingTimeInMillis() > 0) await new Promise(setImmediate);
       return 'gave it back';`,
    );
    const event = target.invoke({});
    await vi.waitFor(() => expect(lines).toEqual(['trial: begun']), { timeout: 10_000 });

    await target.stop();

    expect(await event).toBe('gave it back');
  });

  it('fails the event that it is at', async () => {
    const { target, lines } = aHandler(`console.log('begun'); ${waitsWhenAsked}`);
    const failed = expect(target.invoke({ wait: 60_000 })).rejects.toThrow('trial was stopped.');
    await vi.waitFor(() => expect(lines).toEqual(['trial: begun']), { timeout: 10_000 });

    await target.stop();

    await failed;
  });

  it('fails the events that wait for it', async () => {
    const { target } = aHandler('await new Promise((resolve) => setTimeout(resolve, 60_000));');
    const events = Promise.allSettled([target.invoke({}), target.invoke({})]);

    await target.stop();

    expect((await events).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('takes no more events', async () => {
    const { target } = aHandler('return 1;');

    await target.stop();

    await expect(target.invoke({})).rejects.toThrow('stopped');
  });
});
