import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../../../lib/constructs/bundle.ts';
import { readEvent, sentNow } from '../../../local/invoke/event-file.ts';

const eventOf = (name: string) => readEvent(path.join(projectRoot, 'events', `${name}.json`));
const now = Date.UTC(2027, 0, 1);

describe('an event of a queue', () => {
  it.each(['reply-processor', 'email-deadline', 'email-start', 'lead-triage', 'webhook-deliver'])(
    'has just been sent: %s',
    (name) => {
      const { Records: [record] = [] } = sentNow(eventOf(name), now) as {
        Records?: { body: string; attributes: Record<string, string> }[];
      };
      const times = record?.body.match(/\d{4}-\d\d-\d\dT[\d:.]+Z/g) ?? [];

      expect(record?.attributes['SentTimestamp']).toBe(String(now));
      for (const time of times) expect(Math.abs(Date.parse(time) - now)).toBeLessThan(60_000);
    },
  );

  it('keeps what is no time, and one that is sent later than now', () => {
    const record = { body: '{"a":"2026"}', attributes: { SentTimestamp: String(now + 1) } };

    expect(sentNow({ Records: [record] }, now)).toEqual({ Records: [record] });
    expect(sentNow(eventOf('leads-api'), now)).toEqual(eventOf('leads-api'));
  });
});
