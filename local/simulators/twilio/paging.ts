const defaultPageSize = 50;
const maxPageSize = 1000;

/**
 * One page in the format of Twilio's 2010 API. A page token names the last item of the page before, so
 * that new items do not shift the pages; `Page` without a token counts from the newest.
 */
export function pageOf<T extends { sid: string }>(
  path: string,
  key: string,
  items: readonly T[],
  query: URLSearchParams,
  show: (item: T) => unknown,
) {
  const size = wholeNumber(query.get('PageSize'), defaultPageSize, 1, maxPageSize);
  const page = wholeNumber(query.get('Page'), 0, 0, Number.MAX_SAFE_INTEGER);
  const token = query.get('PageToken');
  const start = token ? items.findIndex(({ sid }) => `PA${sid}` === token) + 1 : page * size;
  const shown = items.slice(start, start + size);
  const last = shown.at(-1);
  const uri = (number: number, seen?: T) => {
    const params = new URLSearchParams(query);
    params.delete('PageToken');
    params.set('PageSize', String(size));
    params.set('Page', String(number));
    if (seen) params.set('PageToken', `PA${seen.sid}`);
    return `${path}?${params.toString()}`;
  };
  const before = items[start - size - 1];
  return {
    first_page_uri: uri(0),
    previous_page_uri: page > 0 ? uri(page - 1, before) : null,
    next_page_uri: last && start + size < items.length ? uri(page + 1, last) : null,
    uri: `${path}?${query.toString()}`,
    page,
    page_size: size,
    start,
    end: start + Math.max(shown.length - 1, 0),
    [key]: shown.map(show),
  };
}

function wholeNumber(text: string | null, otherwise: number, min: number, max: number): number {
  const number = Number(text);
  return text && Number.isInteger(number) ? Math.min(Math.max(number, min), max) : otherwise;
}
