const attribution =
  /^(on .*|at \d.*|once upon a time.*|quoting .*|.*\b(said|wrote|mentioned) *|.*@.*(wrote|said).*):? *$/i;
const listFooter = /^_{10,}|^-{5,} ?original message|^irish linux users|^ilug mailing list/i;

/**
 * A mail's own text: without quotations, signature, list footer, a last line of one word (which is a
 * name), addresses, links, numbers that could be a telephone's, and the names in `people`, which are
 * the values of From, To and Cc.
 */
export function withoutPeople(text: string, people: readonly string[]): string {
  const own = ownLines(text)
    .join('\n')
    .replaceAll(/[^\x20-\x7e\n]/g, '');
  const anonymous = own
    .replaceAll(/\b(https?|ftp):\/\/\S+|\bwww\.\S+/gi, '[link]')
    .replaceAll(/<?[\w.+-]+(@| at )[\w-]+\.[\w.-]+>?/g, '[address]')
    .replaceAll(/\+?\d[\d ()-]{8,}\d/g, '[number]');
  return namesIn(people)
    .reduce((said, name) => said.replaceAll(new RegExp(`\\b${name}\\b`, 'gi'), '[name]'), anonymous)
    .replaceAll(/(\[name\][ .]*)+\[name\]/g, '[name]')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
    .replace(/\n[~/-]* ?(\w+|\[name\])[/.]*$/, '')
    .trim();
}

function ownLines(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const end = lines.findIndex((line) => line === '--' || line === '-- ' || listFooter.test(line));
  return lines
    .slice(0, end === -1 ? undefined : end)
    .filter((line) => !/^\s*[>|}#:]/.test(line) && !attribution.test(line));
}

/** Words of the display names and of the mailboxes, which are often names too. */
function namesIn(people: readonly string[]): string[] {
  const words = people
    .flatMap((person) => person.split(/[^\p{L}'-]+/u))
    .filter((word) => /^\p{L}{3,}/u.test(word))
    .map((word) => word.replaceAll(/[^\x20-\x7e]/g, '').toLowerCase());
  return [...new Set(words)].filter((word) => word.length > 2 && !notNames.has(word));
}

/** Words of list names and hosts that mails use as words. */
const notNames = new Set(
  'com org net edu list linux users user lists the mail rpm apt red hat redhat ilug for and dell sun'.split(
    ' ',
  ),
);
