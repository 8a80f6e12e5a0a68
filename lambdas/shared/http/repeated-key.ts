/**
 * The first key, as it is written, that an object of a JSON text names twice; undefined where none does.
 * JSON.parse would silently take the last. The text is one that JSON.parse takes.
 */
export function repeatedKeyIn(json: string): string | undefined {
  const open: (Set<string> | undefined)[] = [];
  // Strings whole, so that nothing within them is taken for structure.
  for (const [token, colon] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*(:?)|[{}[\]]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (colon) {
      const written = token.slice(0, token.lastIndexOf('"') + 1);
      const key = String(JSON.parse(written));
      const known = open.at(-1);
      if (known?.has(key)) return written.slice(0, maxShownChars);
      known?.add(key);
    }
  }
  return undefined;
}

const maxShownChars = 60;
