const nbsp = '\u00a0';
const entities = new Map(
  Object.entries({
    amp: '&',
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    nbsp,
    ensp: ' ',
    emsp: ' ',
    thinsp: ' ',
    shy: '',
    zwj: '\u200d',
    zwnj: '\u200c',
    lrm: '\u200e',
    rlm: '\u200f',
    ndash: '–',
    mdash: '—',
    hellip: '…',
    bull: '•',
    middot: '·',
    sect: '§',
    para: '¶',
    dagger: '†',
    lsquo: '‘',
    rsquo: '’',
    sbquo: '‚',
    ldquo: '“',
    rdquo: '”',
    bdquo: '„',
    laquo: '«',
    raquo: '»',
    lsaquo: '‹',
    rsaquo: '›',
    iexcl: '¡',
    iquest: '¿',
    euro: '€',
    pound: '£',
    yen: '¥',
    cent: '¢',
    copy: '©',
    reg: '®',
    trade: '™',
    deg: '°',
    plusmn: '±',
    times: '×',
    divide: '÷',
    minus: '−',
    le: '≤',
    ge: '≥',
    ne: '≠',
    asymp: '≈',
    infin: '∞',
    frac12: '½',
    frac14: '¼',
    frac34: '¾',
    sup2: '²',
    sup3: '³',
    micro: 'µ',
    permil: '‰',
    larr: '←',
    uarr: '↑',
    rarr: '→',
    darr: '↓',
    check: '✓',
    star: '☆',
    auml: 'ä',
    ouml: 'ö',
    uuml: 'ü',
    Auml: 'Ä',
    Ouml: 'Ö',
    Uuml: 'Ü',
    szlig: 'ß',
    agrave: 'à',
    aacute: 'á',
    acirc: 'â',
    atilde: 'ã',
    aring: 'å',
    aelig: 'æ',
    ccedil: 'ç',
    egrave: 'è',
    eacute: 'é',
    ecirc: 'ê',
    euml: 'ë',
    igrave: 'ì',
    iacute: 'í',
    icirc: 'î',
    iuml: 'ï',
    ntilde: 'ñ',
    ograve: 'ò',
    oacute: 'ó',
    ocirc: 'ô',
    otilde: 'õ',
    oslash: 'ø',
    oelig: 'œ',
    ugrave: 'ù',
    uacute: 'ú',
    ucirc: 'û',
    Eacute: 'É',
    Ntilde: 'Ñ',
  }),
);

/** The text with its numeric and common named character references resolved; others stay. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#[xX]([\dA-Fa-f]{1,6})|(\w{2,31}));/g,
    (whole: string, decimal?: string, hex?: string, name?: string) => {
      if (name) return entities.get(name) ?? whole;
      return character(decimal ? Number.parseInt(decimal, 10) : Number.parseInt(hex ?? '', 16));
    },
  );
}

function character(codePoint: number): string {
  const exists = codePoint > 0 && codePoint <= 0x10ffff;
  return exists ? String.fromCodePoint(codePoint).toWellFormed() : '\ufffd';
}

const inlineElements =
  'a|abbr|b|bdi|bdo|big|center|cite|code|data|del|dfn|em|font|i|img|input|ins|kbd|label|mark|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr';
const blockElements =
  'address|article|aside|blockquote|body|caption|dd|details|div|dl|dt|figcaption|figure|footer|form|h[1-6]|head|header|hr|html|li|main|nav|ol|p|pre|script|section|style|summary|table|tbody|td|tfoot|th|thead|tr|ul|br';
// An attribute without a value is accepted only by name: `a <b and c> d` is no HTML.
const attribute =
  '\\s+(?:[\\w:-]+\\s*=\\s*(?:"[^"]*"|\'[^\']*\'|[^\\s"\'=<>`]+)|open|checked|disabled|hidden)';
const tag = new RegExp(
  `^<(/?)(?:(${inlineElements})|(${blockElements}))((?:${attribute})*)\\s*/?>$`,
  'i',
);

/** What a tag contributes to plain text; a tag that HTML does not know is literal text. */
export function tagText(raw: string): string {
  if (/^<!(?:--|doctype)/i.test(raw)) return '';
  const match = tag.exec(raw);
  if (!match) return raw;
  const [, slash, inline, block] = match;
  if (inline) return !slash && inline.toLowerCase() === 'sup' ? '^' : '';
  if (/^t[dh]$/i.test(block ?? '')) return slash ? ' ' : '';
  return !slash && block?.toLowerCase() === 'li' ? '\n- ' : '\n';
}

/** The destination of an opening `<a>` tag, '' of a closing one, undefined of any other tag. */
export function anchorHref(raw: string): string | undefined {
  if (/^<\/a\s*>$/i.test(raw)) return '';
  const href = /^<a\s(?:.*?\s)?href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/is.exec(raw);
  return href ? decodeEntities(href[1] ?? href[2] ?? href[3] ?? '') : undefined;
}
