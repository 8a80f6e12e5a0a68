import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clientEventNames } from '../../lambdas/conversations/work/client-events.ts';
import { conversations, faultsOf } from './conversations-app.ts';

const asking = conversations();
type Ask = ReturnType<typeof asking>;

const visitor = { role: 'Participant', scopes: ['conversations:start'] } as const;
const url = 'https://shop.example/';

const viewed = (ask: Ask, more: object = {}) => ({
  event_id: randomUUID(),
  occurred_at: new Date(ask.clock.now()).toISOString(),
  name: 'page_viewed',
  properties: { url },
  ...more,
});
const told = async (ask: Ask, ...events: unknown[]) => {
  const response = await ask('POST', '/events', { ...visitor, body: { events } });
  expect(response.status).toBe(202);
  return ((await response.json()) as { data: Record<string, unknown> }).data;
};
const found = async (ask: Ask, query = '') => {
  const response = await ask('GET', `/events?${query}`);
  return (await response.json()) as { data: { name: string }[]; next_cursor: string | null };
};

describe('client events', () => {
  it('are taken in once, however often they are sent', async () => {
    const ask = asking();
    const events = [viewed(ask), viewed(ask, { name: 'widget_opened', properties: {} })];

    const first = await told(ask, ...events);
    const again = await told(ask, ...events, viewed(ask));
    const twice = viewed(ask);
    const inOne = await told(ask, twice, twice);

    expect(first).toEqual({ accepted: 2, duplicates: 0, faults: [] });
    expect(again).toEqual({ accepted: 1, duplicates: 2, faults: [] });
    expect(inOne).toEqual({ accepted: 1, duplicates: 1, faults: [] });
    expect((await found(ask)).data).toHaveLength(4);
  });

  it('are listed newest first, by name, sender and time', async () => {
    const ask = asking();
    const at = (ms: number) => new Date(ask.clock.now() - ms).toISOString();
    const open = { name: 'widget_opened', properties: {} };
    await told(ask, viewed(ask, { occurred_at: at(3_000) }), viewed(ask, { ...open }));
    await told(ask, viewed(ask, { occurred_at: at(9_000), properties: { url, title: 'Old' } }));

    const names = async (query: string) => (await found(ask, query)).data.map(({ name }) => name);

    expect(await names('')).toEqual(['widget_opened', 'page_viewed', 'page_viewed']);
    expect(await names('name=widget_opened')).toEqual(['widget_opened']);
    expect(await names(`from=${at(5_000)}&to=${at(1_000)}`)).toEqual(['page_viewed']);
    expect(await names('sent_by=key:of-another')).toEqual([]);
  });

  it('are none in a time that ends before it begins, and none behind a cursor that is before it', async () => {
    const ask = asking();
    const at = (ms: number) => new Date(ask.clock.now() - ms).toISOString();
    await told(ask, ...[1_000, 2_000, 3_000].map((ms) => viewed(ask, { occurred_at: at(ms) })));
    const { next_cursor } = await found(ask, 'limit=2');
    const cursor = `cursor=${encodeURIComponent(next_cursor ?? '')}`;

    const backwards = await found(ask, `from=${at(1_000)}&to=${at(3_000)}`);
    const before = await found(ask, `${cursor}&from=${at(1_500)}`);
    const within = await found(ask, `${cursor}&to=${at(2_500)}`);

    expect([backwards.data, before.data]).toEqual([[], []]);
    expect([backwards.next_cursor, before.next_cursor]).toEqual([null, null]);
    expect(within.data).toHaveLength(1);
  });

  it('are listed to their end by the cursor, each once', async () => {
    const ask = asking();
    await told(ask, ...Array.from({ length: 7 }, () => viewed(ask)));

    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
      const page = await found(ask, `limit=3&name=page_viewed${after}`);
      seen.push(...page.data);
      cursor = page.next_cursor;
    }

    expect(new Set(seen.map((event) => JSON.stringify(event))).size).toBe(7);
    expect(seen).toHaveLength(7);
  });

  it('are kept for 90 days', async () => {
    const ask = asking();
    await told(ask, viewed(ask));

    ask.clock.pass(91 * 86_400_000);

    expect((await found(ask)).data).toEqual([]);
  });

  it('are taken in beside others that are not, each with its faults', async () => {
    const ask = asking();
    const [day, id] = [86_400_000, randomUUID()];
    const at = (ms: number) => new Date(ask.clock.now() + ms).toISOString();

    const result = await told(
      ask,
      viewed(ask),
      viewed(ask, { name: 'keylogged' }),
      viewed(ask, { event_id: id, properties: { url: 'javascript:alert(1)', colour: 'red' } }),
      viewed(ask, { event_id: id, occurred_at: at(-8 * day) }),
      viewed(ask, { event_id: id, occurred_at: at(6 * 60_000) }),
      'page_viewed',
      null,
    );

    const names = clientEventNames.join(', ');
    expect(result).toEqual({
      accepted: 1,
      duplicates: 0,
      faults: [
        {
          index: 1,
          event_id: expect.any(String),
          errors: [{ pointer: '#/name', detail: `Expected one of ${names}.` }],
        },
        {
          index: 2,
          event_id: id,
          errors: [
            { pointer: '#/properties/url', detail: 'It is no address of a web page.' },
            { pointer: '#/properties/colour', detail: 'There is no such field.' },
          ],
        },
        { index: 3, event_id: id, errors: [expect.objectContaining({ pointer: '#/occurred_at' })] },
        { index: 4, event_id: id, errors: [expect.objectContaining({ pointer: '#/occurred_at' })] },
        { index: 5, errors: [{ pointer: '#', detail: 'Expected object, got string.' }] },
        { index: 6, errors: [{ pointer: '#', detail: 'Expected object, got null.' }] },
      ],
    });
  });

  it.each([
    [{}, '#/events', 'It is missing.'],
    [{ events: [] }, '#/events', 'It must have at least 1 item.'],
    [{ events: Array(51).fill({}) }, '#/events', 'It must have at most 50 items.'],
    [{ events: [{}], more: 1 }, '#/more', 'There is no such field.'],
  ])('are refused together with %j', async (body, pointer, detail) => {
    const response = await asking()('POST', '/events', { ...visitor, body });

    expect(response.status).toBe(422);
    expect(await faultsOf(response)).toEqual({ [pointer]: detail });
  });

  it('are refused together beyond 64 KB', async () => {
    const body = { events: [{ name: 'x'.repeat(65_536) }] };

    expect((await asking()('POST', '/events', { ...visitor, body })).status).toBe(413);
  });

  it('are those of their company alone, and no visitor reads them', async () => {
    const ask = asking();
    await told(ask, viewed(ask));

    const other = await ask('GET', '/events', { tenant: 'another' });

    expect(await other.json()).toMatchObject({ data: [] });
    expect((await ask('GET', '/events', visitor)).status).toBe(403);
  });

  it.each(['name=x', 'from=yesterday', 'cursor=x', 'limit=51'])(
    'are not listed by %s',
    async (query) => {
      expect((await asking()('GET', `/events?${query}`)).status).toBe(422);
    },
  );
});
