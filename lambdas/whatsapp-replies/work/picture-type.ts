/** A content type without its parameters, in lower case, and JPEG by its one right name. */
export function contentTypeOf(header: string | null | undefined): string {
  const type = (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return type.replace(/^image\/p?jpe?g$/, 'image/jpeg');
}

/** Whether the model reads pictures of this type. */
export const isReadablePicture = (contentType: string): boolean =>
  /^image\/(jpeg|png|webp|gif)$/.test(contentType);

/** Whether a content type stands for bytes of any kind, as a store's default does. */
export const isAnyBytes = (contentType: string): boolean =>
  /^(application|binary|unknown|image|\*)\/((x-)?(octet-stream|binary|unknown|(force-)?download)|\*)$/.test(
    contentType,
  );

/** How the files of each type begin, as Latin-1. */
const begins: [contentType: string, begin: string, from?: number][] = [
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/gif', 'GIF87a'],
  ['image/gif', 'GIF89a'],
  ['image/webp', 'WEBP', 8],
];

/**
 * The type of a picture that the model reads: by its first bytes, else as it was served, else as the message
 * declared it. Undefined when it is none.
 */
export function pictureType(
  bytes: Uint8Array,
  served: string | null,
  declared: string,
): string | undefined {
  const begin = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const seen = begins.find(([, text, from = 0]) => begin.startsWith(text, from))?.[0];
  const servedType = contentTypeOf(served);
  const isTold = servedType.includes('/') && !isAnyBytes(servedType);
  const told = isTold ? servedType : contentTypeOf(declared);
  const type = seen ?? told;
  return isReadablePicture(type) ? type : undefined;
}
