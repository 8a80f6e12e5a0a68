/** A header by its name in lower case: the REST API leaves names as they were sent. */
export function headerIn(
  headers: Readonly<Record<string, string | undefined>> | null | undefined,
  name: string,
): string | undefined {
  if (!headers) return undefined;
  if (headers[name] !== undefined) return headers[name];
  return Object.entries(headers).find(([sent]) => sent.toLowerCase() === name)?.[1];
}
