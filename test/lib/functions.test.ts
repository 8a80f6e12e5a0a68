import { describe, expect, it } from 'vitest';
import { functionsOf, referredBy, resourcesOf, stageNames, templateOf } from '../support/stack.ts';

const template = templateOf('dev');
const functions = Object.values(functionsOf(template));

describe('the functions', () => {
  it.each(stageNames)('are traced, all of them (%s)', (stage) => {
    for (const [, { Properties }] of resourcesOf(templateOf(stage), 'AWS::Lambda::Function')) {
      expect(Properties.TracingConfig).toEqual({ Mode: 'Active' });
    }
  });

  it.each(stageNames)(
    'run on Node 24 and arm64, each with a log group of its name (%s)',
    (stage) => {
      for (const [, { Properties }] of resourcesOf(templateOf(stage), 'AWS::Lambda::Function')) {
        const logGroup =
          templateOf(stage).findResources('AWS::Logs::LogGroup')[
            String(referredBy(Properties.LoggingConfig.LogGroup))
          ];
        expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
        expect(logGroup?.['Properties']).toMatchObject({
          LogGroupName: `/aws/lambda/${Properties.FunctionName}`,
          RetentionInDays: expect.any(Number),
        });
      }
    },
  );

  it.each(stageNames)('bear the names of the specification (%s)', (stage) => {
    const processor = functionsOf(templateOf(stage))['whatsapp-replies-reply-processor'];

    expect(processor.FunctionName).toBe(`acme-reply-processor-${stage}`);
  });

  it('answer Twilio before it gives up, after 15 seconds', () => {
    for (const entry of ['receive', 'status']) {
      expect(functionsOf(template)[`whatsapp-replies-${entry}`].Timeout).toBeLessThan(15);
    }
  });

  it('end well before the HTTP API or the queue does', () => {
    for (const { Timeout } of functions) expect(Timeout).toBeLessThanOrEqual(300);
  });
});

describe('the workers', () => {
  it.each(stageNames)('know how many of them there are at the same time (%s)', (stage) => {
    const made = Object.fromEntries(resourcesOf(templateOf(stage), 'AWS::Lambda::Function'));
    const sources = resourcesOf(templateOf(stage), 'AWS::Lambda::EventSourceMapping');
    const shared = sources.flatMap(([, { Properties }]) => {
      const worker = made[String(referredBy(Properties.FunctionName))]?.Properties;
      const told = worker?.Environment?.Variables?.WORKER_CONCURRENCY;
      return told === undefined
        ? []
        : [{ told, has: String(Properties.ScalingConfig.MaximumConcurrency) }];
    });

    expect(shared).toHaveLength(4);
    for (const { told, has } of shared) expect(told).toBe(has);
  });

  it('leave the webhooks of Twilio a part of an account of the usual size', () => {
    const reserved = (environment: Record<string, string>) =>
      functionsOf(templateOf('prod', environment))['whatsapp-replies-receive']
        .ReservedConcurrentExecutions;

    expect(reserved({ ACCOUNT_CONCURRENCY: '1000' })).toBe(100);
    // AWS refuses to deploy what reserves more than the account has to give.
    expect(reserved({ ACCOUNT_CONCURRENCY: '10' })).toBeUndefined();
    expect(reserved({})).toBeUndefined();
  });

  it('are few in a new account, which runs ten functions at a time', () => {
    const sources = resourcesOf(
      templateOf('dev', { ACCOUNT_CONCURRENCY: '10' }),
      'AWS::Lambda::EventSourceMapping',
    );
    for (const [, { Properties }] of sources) {
      expect(Properties.ScalingConfig.MaximumConcurrency).toBe(2);
    }
  });
});
