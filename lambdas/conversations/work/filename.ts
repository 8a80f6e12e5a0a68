const maxChars = 120;
const fallback = 'file';

/** What would make a name another one than it looks, or a path: control and format characters, and what systems reserve. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}<>:"/\\|?*]+/gu;

/** Names of devices, which Windows opens whatever their ending. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

const endings: Readonly<Record<string, readonly string[]>> = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'application/pdf': ['pdf'],
  'text/plain': ['txt', 'log', 'csv', 'md'],
};

/**
 * A file's name as it may be saved anywhere: its last part, without what is unsafe, and with an ending of its type, so
 * that no system runs what says it is a picture.
 */
export function safeFilename(given: string, mimeType: string): string {
  const last = given.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const clean = last
    .replace(unsafe, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  const [, base = clean, ending = ''] = /^(.+)\.([^.]{1,10})$/.exec(clean) ?? [];
  const allowed = endings[mimeType] ?? [];
  const kept = allowed.includes(ending.toLowerCase()) ? ending.toLowerCase() : undefined;
  const name = (kept ? base : clean).trim();
  const named = name === '' || device.test(name.split('.')[0] ?? '') ? fallback : name;
  const end = kept ?? allowed[0];
  const shortened = Array.from(named).slice(0, maxChars).join('').trim();
  return end === undefined ? shortened : `${shortened}.${end}`;
}
