import { domainToASCII } from 'node:url';

/** The characters that Windows-1252 has where Latin-1 has controls: a curly quote read as Latin-1 is U+0092. */
const windows1252 = new TextDecoder('windows-1252');

/**
 * A person's text without control characters: tabs and line ends stay, a vertical tab or form feed is a line
 * end, a C1 control is the character that Windows-1252 has in its place, and any other is left out.
 */
export const shownText = (text: string): string =>
  text
    .replace(/[\v\f]/g, '\n')
    .replace(/[\u0080-\u009f]/g, (control) =>
      windows1252.decode(Uint8Array.of(control.charCodeAt(0))),
    )
    .replace(/[^\P{Cc}\t\n\r]/gu, '');

/** Whether a text shows nothing: white space and invisible characters alone. */
export const isBlank = (text: string): boolean => /^[\s\p{Cf}\p{Cc}]*$/u.test(text);

/** A short text of a person, such as a name; empty where it shows nothing. */
export const shownLine = (text: string): string => (isBlank(text) ? '' : shownText(text).trim());

/** What programs write where they have no address or number. */
const placeholder = /^(n\/?a|none|null|nil|nan|undefined|unknown|[-–—./?]+)$/i;

/** One notation of a text that is read by machines: full-width letters are plain, direction marks are gone. */
const plainLine = (text: string): string => {
  const plain = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
  return placeholder.test(plain) ? '' : plain;
};

/** An email address as it is kept: that alone of `mailto:jo@example.com`, `Jo <jo@example.com>` or `'jo@example.com'`. */
export function plainEmail(text: string): string {
  const line = plainLine(text).replace(/\s\([^()]*\)$/, '');
  const address = /<([^<>]*)>$/.exec(line)?.[1] ?? line;
  const [, mailed] = /^mailto:([^?]*)/i.exec(address) ?? [];
  const [, quoted] = /^['"`([](.+@.+)['"`)\]]$/.exec(mailed ?? address) ?? [];
  return (quoted ?? mailed ?? address)
    .trim()
    .replaceAll('。', '.')
    .replace(/[.,;]+$/, '');
}

/**
 * Whether a text is an email address, also one in the letters of any script (RFC 6531). Dots may stand
 * anywhere before the @, as Japanese providers have given such addresses out.
 */
export function isEmail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  return (
    /^("([^"\\]|\\.)+"|[^\s@"(),:;<>[\]\\]+)$/u.test(local) &&
    /^[\p{L}\p{M}\p{N}.-]+$/u.test(domain) &&
    /^([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+(xn--[a-z\d-]+|[a-z]{2,})$/.test(domainToASCII(domain))
  );
}

/** A phone number without its `tel:`, with digits, hyphens and blanks of ASCII alone; any text is kept as such. */
export const plainPhone = (text: string): string =>
  plainLine(text)
    .replace(/^tel:\s*/i, '')
    .replace(/;ext=/i, ' ext. ')
    .replace(/\p{Pd}|\u2212/gu, '-')
    .replace(/\s+/g, ' ')
    .replace(/\p{Nd}/gu, digitOf);

/** Ten digits of a script stand in a row, which begins at a code point of the form xx0 or xx6. */
function digitOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  const row = code & ~15;
  return String(code - (/\p{Nd}/u.test(String.fromCodePoint(row)) ? row : row + 6));
}
