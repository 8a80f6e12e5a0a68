import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../local/chat/options.ts';

describe('a field of the webhook', () => {
  it('goes along with a message, once for each name', () => {
    const args = ['--field', 'ReferralHeadline=Sale = now', '--field', 'WaId=', 'Hello'];

    expect(parseCommand(args)).toMatchObject({
      options: { text: 'Hello', extra: { ReferralHeadline: 'Sale = now', WaId: '' } },
    });
  });

  it.each(['ReferralHeadline', '=x', 'A b=c'])('is refused as %j', (field) => {
    expect(parseCommand(['--field', field])).toMatchObject({
      kind: 'wrong',
      reason: expect.stringContaining('--field'),
    });
  });
});
