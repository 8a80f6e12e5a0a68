import { describe, expect, it } from 'vitest';
import { type BusEvent, eventPattern } from '../../../local/cloud/event-pattern.ts';

const anEvent = (detail: Record<string, unknown> = {}): BusEvent => ({
  version: '0',
  id: '1',
  'detail-type': 'insight.created',
  source: 'replies-engine',
  account: '000000000000',
  time: '2026-11-21T10:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail,
});

const fits = (pattern: unknown, detail?: Record<string, unknown>) =>
  eventPattern(pattern)(anEvent(detail));

describe('an event pattern', () => {
  it.each([
    [{ source: ['replies-engine'] }, true],
    [{ source: ['aws.s3'] }, false],
    [{ source: ['replies'] }, false],
    [{ source: ['aws.s3', 'replies-engine'] }, true],
    [{ source: ['replies-engine'], 'detail-type': ['other'] }, false],
    [{ 'detail-type': [{ prefix: 'insight.' }] }, true],
    [{ 'detail-type': [{ prefix: 'lead.' }] }, false],
    [{ 'detail-type': [{ prefix: 'lead.' }, 'insight.created'] }, true],
    [{ absent: ['replies-engine'] }, false],
  ])('%j fits: %s', (pattern, expected) => {
    expect(fits(pattern)).toBe(expected);
  });

  it('looks into the details, by the types of their values', () => {
    const pattern = { detail: { lead: { score: [1, null], tags: ['hot'] } } };

    expect(fits(pattern, { lead: { score: 1, tags: ['new', 'hot'] } })).toBe(true);
    expect(fits(pattern, { lead: { score: null, tags: 'hot' } })).toBe(true);
    expect(fits(pattern, { lead: { score: '1', tags: ['hot'] } })).toBe(false);
    expect(fits(pattern, { lead: { score: 1 } })).toBe(false);
    expect(fits(pattern, { lead: 'hot' })).toBe(false);
  });

  it.each([
    [{ source: [{ 'anything-but': ['x'] }] }, 'anything-but'],
    [{ detail: { price: [{ numeric: ['>', 0] }] } }, 'numeric'],
    [{ source: [{ prefix: 'a', suffix: 'b' }] }, 'suffix'],
    [{ source: [{ prefix: { 'equals-ignore-case': 'a' } }] }, 'equals-ignore-case'],
    [{ $or: [{ source: ['x'] }] }, '$or'],
  ])('that AWS knows and this cloud does not is an error: %j', (pattern, name) => {
    expect(() => eventPattern(pattern)).toThrow(name);
  });

  it.each([[undefined], [{}], [{ source: [] }], [{ source: 'replies-engine' }]])(
    'that AWS would refuse is an error: %j',
    (pattern) => {
      expect(() => eventPattern(pattern)).toThrow('The event pattern at $');
    },
  );
});
