import { describe, expect, it } from 'vitest';
import {
  sanitizeForTerminal,
  sanitizeLinesForTerminal,
} from '../../local/sanitize-for-terminal.ts';

describe('a printed text', () => {
  it('cannot steer the terminal nor turn the writing around', () => {
    expect(sanitizeForTerminal('a\u001b[2Jb\nc\u009b1m\u202Ed\u2028e')).toBe(
      'a\\u001b[2Jb\\u000ac\\u009b1m\\u202ed\\u2028e',
    );
  });

  it('keeps every script and picture', () => {
    const text = 'Söhne & 株式会社 👩‍🚀 مرحبا';

    expect(sanitizeForTerminal(text)).toBe(text);
  });

  it('keeps its lines where it may have several', () => {
    expect(sanitizeLinesForTerminal('Dear\r\nAda,\n\tbye\u0007')).toBe('Dear\nAda,\n  bye\\u0007');
  });
});
