import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeFilename } from '../../../lambdas/conversations/work/filename.ts';

describe('the name of a file', () => {
  it.each([
    ['shoe.png', 'shoe.png'],
    ['Schöne Größe.PNG', 'Schöne Größe.png'],
    ['写真.png', '写真.png'],
    ['../../etc/passwd', 'passwd.png'],
    ['C:\\Users\\jo\\shoe.png', 'shoe.png'],
    ['.htaccess', 'htaccess.png'],
    ['', 'file.png'],
    ['...', 'file.png'],
    ['con.png', 'file.png'],
    ['COM1', 'file.png'],
    ['a\u202Egnp.exe', 'a gnp.exe.png'],
    ['a\u0000b.png', 'a b.png'],
    ['a\r\nContent-Type: text.png', 'a Content-Type text.png'],
    ['virus.exe', 'virus.exe.png'],
    ['page.png.html', 'page.png.html.png'],
    ['a"b<c>.png', 'a b c.png'],
    ['half \ud83d.png', 'half \ufffd.png'],
    [`${'x'.repeat(300)}.png`, `${'x'.repeat(120)}.png`],
  ])('%j is kept as %j', (given, kept) => {
    expect(safeFilename(given, 'image/png')).toBe(kept);
  });

  it('ends as its type does, and is one part that any system takes, whatever was sent', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.constantFrom('image/png', 'image/jpeg', 'application/pdf', 'text/plain'),
        (given, type) => {
          const name = safeFilename(given, type);

          expect(name).toMatch(
            /^[^\p{Cc}\p{Cf}<>:"/\\|?*.\s][^\p{Cc}\p{Cf}<>:"/\\|?*]*\.[a-z]{2,4}$/u,
          );
          expect(name.length).toBeLessThanOrEqual(250);
          expect(safeFilename(name, type)).toBe(name);
        },
      ),
    );
  });
});
