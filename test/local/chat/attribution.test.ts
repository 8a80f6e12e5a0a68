import { describe, expect, it } from 'vitest';
import { Attribution } from '../../../local/chat/attribution.ts';
import type { CustomerEvent, Happening } from '../../../local/simulators/twilio/events.ts';

const quietMs = 1_500;
const wrote = (sid: string): Happening => ({ kind: 'wrote', sid, to: '', body: '', numMedia: 0 });
const typing = (sid: string): Happening => ({ kind: 'typing', sid });
const message = (body: string): Happening => ({
  kind: 'message',
  sid: `SM${body}`,
  from: '',
  body,
  mediaUrls: [],
});

/** The texts that are taken for the reply to `SMours`; each event comes this many milliseconds after the one before. */
function repliesAmong(...happenings: [Happening, number?][]): string[] {
  const attribution = new Attribution('SMours', quietMs);
  let at = 0;
  return happenings.flatMap(([happening, afterMs = 100], index) => {
    at += afterMs;
    const event: CustomerEvent = { ...happening, n: index + 1, at };
    return attribution.isOurs(event) && event.kind === 'message' ? [event.body] : [];
  });
}

describe('the reply to a message', () => {
  it('is what comes after the business typed for it', () => {
    expect(
      repliesAmong([wrote('SMours')], [typing('SMours')], [message('one')], [message('two')]),
    ).toEqual(['one', 'two']);
  });

  it('is what comes with no typing at all, such as a notice', () => {
    expect(repliesAmong([wrote('SMours')], [message('notice')])).toEqual(['notice']);
  });

  it('is no reply to an earlier message that was still being answered', () => {
    expect(
      repliesAmong(
        [wrote('SMearlier')],
        [typing('SMearlier')],
        [message('early, part 1')],
        [wrote('SMours')],
        [message('early, part 2'), 1_000],
        [typing('SMours')],
        [message('ours')],
      ),
    ).toEqual(['ours']);
  });

  it('is a notice that comes when the earlier reply is whole', () => {
    expect(
      repliesAmong(
        [wrote('SMearlier')],
        [wrote('SMours')],
        [typing('SMearlier')],
        [message('early'), 3_000],
        [message('notice'), quietMs + 1],
      ),
    ).toEqual(['notice']);
  });

  it('is that to a later message too, where one answers both', () => {
    expect(
      repliesAmong([wrote('SMours')], [wrote('SMlater')], [typing('SMlater')], [message('both')]),
    ).toEqual(['both']);
  });
});
