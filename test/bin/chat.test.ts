import { describe, expect, it } from 'vitest';
import { readField } from '../../bin/commands/chat.ts';

describe('a field of the webhook', () => {
  it('goes along with a message, once for each name', () => {
    const first = readField('ReferralHeadline=Sale = now');

    expect(readField('WaId=', first)).toEqual({ ReferralHeadline: 'Sale = now', WaId: '' });
  });

  it.each(['ReferralHeadline', '=x', 'A b=c'])('is refused as %j', (field) => {
    expect(() => readField(field)).toThrow('--field is a name and a value');
  });
});
