import { describe, expect, it } from 'vitest';
import { contentTypeOf, pictureType } from '../../../lambdas/whatsapp-replies/work/inbound.ts';

const bytes = (latin1: string) => Buffer.from(latin1, 'latin1');
const unknown = bytes('whatever');

describe('content type', () => {
  it.each([
    ['IMAGE/JPEG; charset=binary', 'image/jpeg'],
    ['image/jpg', 'image/jpeg'],
    [' image/pjpeg ;q=1', 'image/jpeg'],
    ['image/png', 'image/png'],
    ['', ''],
    [null, ''],
    [undefined, ''],
  ])('%j is read as %j', (header, type) => {
    expect(contentTypeOf(header)).toBe(type);
  });
});

describe('type of a picture', () => {
  it.each([
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['\x89PNG\r\n\x1a\n\0\0', 'image/png'],
    ['GIF87a..', 'image/gif'],
    ['GIF89a..', 'image/gif'],
    ['RIFF\n\0\0\0WEBPVP8 ', 'image/webp'],
  ])('is what its bytes say, whatever is told: %j', (begin, type) => {
    expect(pictureType(bytes(begin), 'text/plain', 'image/bmp')).toBe(type);
  });

  it.each([
    ['image/png', 'image/jpeg', 'image/png'],
    ['image/JPG', '', 'image/jpeg'],
    [null, 'image/jpeg', 'image/jpeg'],
    ['', 'image/jpeg', 'image/jpeg'],
    ['unknown', 'image/jpeg', 'image/jpeg'],
    ['application/octet-stream', 'image/jpeg', 'image/jpeg'],
    ['Application/Octet-Stream; charset=utf-8', 'image/gif', 'image/gif'],
    ['binary/octet-stream', 'image/webp', 'image/webp'],
    ['application/x-binary', 'image/webp', 'image/webp'],
    ['unknown/unknown', 'image/png', 'image/png'],
    ['application/x-download', 'image/png', 'image/png'],
    ['image/*', 'image/jpeg', 'image/jpeg'],
    ['*/*', 'image/jpeg', 'image/jpeg'],
    ['application/octet-stream', 'application/octet-stream', undefined],
    ['text/html', 'image/jpeg', undefined],
    ['image/heic', 'image/jpeg', undefined],
    ['application/pdf', 'application/octet-stream', undefined],
  ])('served as %j and declared as %j is %j', (served, declared, type) => {
    expect(pictureType(unknown, served, declared)).toBe(type);
  });

  it('is found in no bytes too', () => {
    expect(pictureType(new Uint8Array(), 'image/png', '')).toBe('image/png');
  });
});
