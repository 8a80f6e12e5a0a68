import { describe, expect, it } from 'vitest';
import { aDelivery, anEvent } from '../support/events.ts';
import { withLostAnswers } from '../support/lost-answers.ts';
import { aConsumer, aReceiver, aTable, configure } from './delivering.ts';

describe('an endpoint whose writes are answered by nobody, and sent again', () => {
  it('is disabled once it is gone, and in use again when it is configured again', async () => {
    const [table, receiver] = [await aTable(), await aReceiver()];
    const lossy = withLostAnswers(table);
    await configure(lossy, 'acme', { url: receiver.url });
    receiver.answers(410);
    const { takes, store } = aConsumer(lossy);

    await takes(aDelivery(anEvent()));
    const gone = await store.find('acme');
    await configure(lossy, 'acme', { url: receiver.url });
    await takes(aDelivery(anEvent({ id: 'evt_00000002' })));

    expect(gone?.disabled).toBeDefined();
    expect((await store.find('acme'))?.disabled).toBeUndefined();
    expect(receiver.received).toHaveLength(2);
  });
});
