import { describe, expect, it } from 'vitest';
import { displayName } from '../../lambdas/tenancy/tenant.ts';

describe('a given name', () => {
  it.each(['Acme & Söhne', '株式会社', '👩‍🚀 Ltd'])('may be %s', (name) => {
    expect(displayName.parse(` ${name} `)).toBe(name);
  });

  it.each(['', '   ', 'x'.repeat(201), 'two\nlines', 'a\u001b[31mred', 'nul\0', 'a\u2028b'])(
    'is not %j',
    (name) => {
      expect(displayName.safeParse(name).success).toBe(false);
    },
  );
});
