import { describe, expect, it } from 'vitest';
import type { Resource } from '../../../local/cloud/template.ts';
import { make } from './made-resources.ts';

const aBus: Resource = { Type: 'AWS::Events::EventBus', Properties: { Name: 'events' } };
const aRule = (properties: Record<string, unknown>): Resource => ({
  Type: 'AWS::Events::Rule',
  Properties: {
    EventBusName: { Ref: 'Bus' },
    EventPattern: { source: ['shop'] },
    State: 'ENABLED',
    Targets: [{ Id: 'Target0', Arn: 'arn:aws:sqs:us-east-1:000000000000:orders' }],
    ...properties,
  },
});

describe('the events of a template', () => {
  it('are a bus and its rules', async () => {
    const { resolver } = await make({ Rule: aRule({}), Bus: aBus });

    expect(resolver.made('Bus')?.ref).toBe('events');
    expect(resolver.made('Rule')?.attributes?.['Arn']).toMatch(/:rule\/events\/Rule$/);
  });

  it.each([
    ['another target than a queue', { Targets: [{ Id: 'a', Arn: 'arn:aws:lambda:x' }] }, 'queues'],
    ['a schedule', { ScheduleExpression: 'rate(1 minute)' }, 'ScheduleExpression'],
    [
      'another input',
      { Targets: [{ Id: 'a', Arn: 'arn:aws:sqs:x', InputPath: '$.detail' }] },
      'InputPath',
    ],
    ['an operator', { EventPattern: { source: [{ suffix: 'x' }] } }, 'suffix'],
  ])('are an error where a rule has %s that is not known', async (_, properties, name) => {
    await expect(make({ Rule: aRule(properties), Bus: aBus })).rejects.toThrow(name);
  });
});
