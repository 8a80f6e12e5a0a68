/** A link as WhatsApp can show it: `label (address)`, or one of the two where they say the same. */
export function linkText(label: string, href: string): string {
  const address = addressOf(href.trim());
  if (address === '') return label;
  if (label.trim() === '') return address;
  if (href.startsWith('tel:') && digits(label) === digits(address)) return label;
  return bare(label) === bare(address) ? address : `${label} (${address})`;
}

/** What a customer can tap or copy; '' for what leads nowhere on a phone. */
function addressOf(href: string): string {
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(href)?.[1]?.toLowerCase();
  if (scheme === 'mailto') return href.slice('mailto:'.length).replace(/\?.*$/s, '');
  if (scheme === 'tel') return href.slice('tel:'.length).replace(/;.*$/s, '');
  const leadsNowhere = scheme
    ? /^(?:javascript|vbscript|data|file|blob|about|cid|sandbox)$/.test(scheme)
    : !/^(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:]|$)/i.test(href);
  return leadsNowhere ? '' : href.replace(/\s/g, encodeURIComponent);
}

function bare(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/|mailto:)?(?:www\.)?/, '')
    .replace(/\/$/, '');
}

function digits(text: string): string {
  return text.replace(/[^\d+]/g, '');
}
