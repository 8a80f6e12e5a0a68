/** What a pattern may take very long to read, each of 10,000 characters. */
export const hostileNotes = [
  'a',
  ' ',
  '1,',
  "'",
  'not ',
  'what ',
  'send all need my ',
  'how much how much ',
  '1,111',
  '料',
  '👩‍🚀',
  '\u0301',
  '\u202e',
  'price,',
  'ﷺ',
].map((piece) => piece.repeat(10_000).slice(0, 10_000));
