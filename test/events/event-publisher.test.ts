import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import type { SendMessageCommand } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, onTestFinished } from 'vitest';
import { maxEntryBytes } from '../../lambdas/events/messages.ts';
import { publisher, withFallbackQueue } from '../../lambdas/events/publisher.ts';
import type { QueueClient } from '../../lambdas/shared/queue/enqueue.ts';
import { anEvent } from '../support/events.ts';
import { recordedLog } from '../support/log.ts';

/** A bus that answers like this. */
function aBus(answer: Partial<PutEventsCommandOutput> | Error) {
  const mock = mockClient(EventBridgeClient);
  onTestFinished(() => mock.restore());
  const on = mock.on(PutEventsCommand);
  if (answer instanceof Error) on.rejects(answer);
  else on.resolves(answer);
  const events = publisher({ client: new EventBridgeClient({}), busName: 'events' });
  const entries = () =>
    mock.commandCalls(PutEventsCommand).flatMap(({ args: [{ input }] }) => input.Entries ?? []);
  return { events, entries };
}

const taken = { FailedEntryCount: 0, Entries: [{ EventId: '1' }] };

/** A bus that is away, and a queue for what it does not take. */
function aFallback(queueUrl: string, refuses = false) {
  const { events } = aBus(new Error('The bus is away.'));
  const sent: SendMessageCommand['input'][] = [];
  const send = async ({ input }: SendMessageCommand) => {
    if (refuses) throw new Error('SQS is away.');
    sent.push(input);
    return {};
  };
  const log = recordedLog();
  const client = { send: send as QueueClient['send'] };
  return { events: withFallbackQueue(events, { client, queueUrl }, log), sent, log };
}

describe('an event that the bus does not take', () => {
  it('waits in a queue, where it holds nothing else up, and is lost for nobody', async () => {
    const { events, sent, log } = aFallback('https://sqs/replies.fifo');
    const event = anEvent();

    await events.publish(event);

    expect(sent).toMatchObject([{ MessageGroupId: event.id, MessageDeduplicationId: event.id }]);
    expect(JSON.parse(sent[0]?.MessageBody ?? '')).toEqual({ kind: 'event', event });
    expect(JSON.stringify(log)).not.toContain(JSON.stringify(event.data));
  });

  it('waits among those of its company in a standard queue', async () => {
    const { events, sent } = aFallback('https://sqs/turns');

    await events.publish(anEvent());

    expect(sent).toMatchObject([{ MessageGroupId: anEvent().tenant_id }]);
    expect(sent[0]).not.toHaveProperty('MessageDeduplicationId');
  });

  it('fails where the queue does not take it either', async () => {
    const { events } = aFallback('https://sqs/turns', true);

    await expect(events.publish(anEvent())).rejects.toMatchObject({ next: 'retry', code: 'queue' });
  });

  it('is not sent on where it is too large: the bus never takes it', async () => {
    const { events, sent } = aFallback('https://sqs/turns');
    const large = anEvent({ data: { text: 'x'.repeat(maxEntryBytes) } });

    await expect(events.publish(large)).rejects.toMatchObject({ code: 'event_too_large' });
    expect(sent).toEqual([]);
  });
});

describe('an event that is published', () => {
  it('is on the bus of the deployment, whole', async () => {
    const { events, entries } = aBus(taken);
    const event = anEvent({ data: { score: 0.5 } });

    await events.publish(event);

    const [{ Detail: detail, ...entry } = {}] = entries();
    expect(entry).toEqual({
      EventBusName: 'events',
      Source: 'replies-engine',
      DetailType: 'insight.created',
      Time: new Date('2026-11-21T10:00:00.000Z'),
    });
    expect(JSON.parse(detail ?? '')).toEqual(event);
  });

  it('is tried again later where the bus refuses it, though the call itself went well', async () => {
    const { events } = aBus({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'ThrottlingException' }],
    });

    await expect(events.publish(anEvent())).rejects.toMatchObject({
      next: 'retry',
      code: 'event_not_published',
      message: 'EventBridge refused the event evt_00000001: ThrottlingException.',
    });
  });

  it('is tried again later where the bus does not answer', async () => {
    const { events } = aBus(new Error('socket hang up'));

    await expect(events.publish(anEvent())).rejects.toMatchObject({
      next: 'retry',
      code: 'event_not_published',
    });
  });

  it('is refused before it is sent where it is larger than the bus takes', async () => {
    const { events, entries } = aBus(taken);
    const around = JSON.stringify(anEvent({ data: { text: '' } })).length;
    const room = maxEntryBytes - 14 - 'replies-engineinsight.created'.length - around;

    await events.publish(anEvent({ data: { text: 'x'.repeat(room) } }));
    const tooLarge = events.publish(anEvent({ data: { text: `${'x'.repeat(room - 1)}ü` } }));

    await expect(tooLarge).rejects.toMatchObject({ next: 'discard', code: 'event_too_large' });
    expect(entries()).toHaveLength(1);
  });
});
