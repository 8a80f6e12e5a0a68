import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PictureSlots } from '../../../lambdas/whatsapp-replies/vendors/response-request.ts';

const textOf = async (stream: ReadableStream<Uint8Array>): Promise<string> =>
  Buffer.concat(await Array.fromAsync(stream)).toString('utf8');

const urlOf = (contentType: string, bytes: Uint8Array): string =>
  `data:${contentType};base64,${Buffer.from(bytes).toString('base64')}`;

describe('a request with pictures', () => {
  it('is the same as with their data URLs, and as long as it says', async () => {
    const aPicture = fc.record({
      contentType: fc.constantFrom('image/jpeg', 'image/png'),
      bytes: fc.uint8Array({ maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), aPicture), { maxLength: 4 }),
        async (messages) => {
          const pictures = new PictureSlots();
          const request = messages.map(([text, picture]) => ({ text, url: pictures.add(picture) }));

          const { length, stream } = pictures.fill(JSON.stringify(request));

          const sent = await textOf(stream);
          expect(JSON.parse(sent)).toEqual(
            messages.map(([text, { contentType, bytes }]) => ({
              text,
              url: urlOf(contentType, bytes),
            })),
          );
          expect(Buffer.byteLength(sent)).toBe(length);
        },
      ),
    );
  });

  it.each([196_607, 196_608, 196_609, 400_000])(
    'is encoded piece by piece without a seam (%i bytes)',
    async (length) => {
      const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
      const pictures = new PictureSlots();
      const view = new Uint8Array(bytes.buffer, 5);
      const slot = pictures.add({ contentType: 'image/png', bytes: view });

      const { stream } = pictures.fill(JSON.stringify([slot]));

      expect(JSON.parse(await textOf(stream))).toEqual([urlOf('image/png', view)]);
    },
  );

  it('has slots only once there is a picture', () => {
    const pictures = new PictureSlots();
    const before = pictures.isEmpty;
    pictures.add({ contentType: 'image/png', bytes: new Uint8Array() });

    expect([before, pictures.isEmpty]).toEqual([true, false]);
  });
});
