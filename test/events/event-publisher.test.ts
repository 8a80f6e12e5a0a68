import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { maxEntryBytes } from '../../lambdas/events/messages.ts';
import { publisher } from '../../lambdas/events/publisher.ts';
import { anEvent } from '../support/events.ts';

/** A bus that answers like this. */
function aBus(answer: Partial<PutEventsCommandOutput> | Error) {
  const mock = mockClient(EventBridgeClient);
  const on = mock.on(PutEventsCommand);
  if (answer instanceof Error) on.rejects(answer);
  else on.resolves(answer);
  const events = publisher({ client: new EventBridgeClient({}), busName: 'events' });
  const entries = () =>
    mock.commandCalls(PutEventsCommand).flatMap(({ args: [{ input }] }) => input.Entries ?? []);
  return { events, entries };
}

const taken = { FailedEntryCount: 0, Entries: [{ EventId: '1' }] };

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
