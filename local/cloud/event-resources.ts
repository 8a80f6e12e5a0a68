import type { EventBuses, RuleTarget } from './event-buses.ts';
import type { Make } from './resource-maker.ts';
import { arnOf, type Properties, refuseOthers } from './template.ts';

/** Makes the event buses and rules of a template; a property that is not supported is an error. */
export const eventMakers: Record<string, Make> = {
  'AWS::Events::EventBus': (properties, { events }, _resolver, logicalId) => {
    refuseOthers(properties, logicalId, ['Name', 'Description', 'Tags']);
    const name = String(properties['Name'] ?? logicalId);
    return { ref: name, attributes: { Arn: events.createBus(name), Name: name } };
  },

  'AWS::Events::Rule': (properties, { events }, _resolver, logicalId) => {
    const known = [
      'Name',
      'Description',
      'EventBusName',
      'EventPattern',
      'State',
      'Targets',
      'Tags',
    ];
    refuseOthers(properties, logicalId, known);
    const busName = String(properties['EventBusName'] ?? 'default');
    const name = String(properties['Name'] ?? logicalId);
    if ((properties['State'] ?? 'ENABLED') === 'ENABLED') {
      const targets = (properties['Targets'] ?? []) as Properties[];
      addRule(events, busName, properties['EventPattern'], targets, logicalId);
    }
    return { ref: name, attributes: { Arn: arnOf('events', `rule/${busName}/${name}`) } };
  },
};

const addRule = (
  events: EventBuses,
  busName: string,
  pattern: unknown,
  targets: Properties[],
  logicalId: string,
): void =>
  events.addRule(
    busName,
    pattern,
    targets.map((target) => targetOf(target, logicalId)),
  );

/** RetryPolicy has no effect here: a queue accepts an event at once or never. */
const targetProperties = ['Id', 'Arn', 'DeadLetterConfig', 'RetryPolicy', 'SqsParameters'];

function targetOf(target: Properties, logicalId: string): RuleTarget {
  refuseOthers(target, logicalId, targetProperties);
  const queueArn = String(target['Arn']);
  if (!queueArn.startsWith('arn:aws:sqs:')) {
    throw new Error(`The local cloud supports only queues as targets of a rule (${logicalId}).`);
  }
  const { Arn: deadLetterArn } = (target['DeadLetterConfig'] ?? {}) as { Arn?: string };
  const { MessageGroupId: messageGroupId } = (target['SqsParameters'] ?? {}) as {
    MessageGroupId?: string;
  };
  return {
    queueArn,
    ...(deadLetterArn && { deadLetterArn }),
    ...(messageGroupId && { messageGroupId }),
  };
}
