import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTwilioMessage } from '../../../lambdas/whatsapp-replies/work/inbound.ts';

const read = (fields: Record<string, unknown>) => {
  const { text, images, unreadable } = readTwilioMessage(fields).content;
  return { text, images, unreadable };
};

const media = (...types: string[]) => ({
  NumMedia: String(types.length),
  ...Object.fromEntries(
    types.flatMap((type, index) => [
      [`MediaUrl${index}`, `https://api.twilio.com/${index}`],
      [`MediaContentType${index}`, type],
    ]),
  ),
});

describe('inbound message', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['text', { Body: ' Hello\r\nyou ' }, 'Hello\nyou'],
    ['text as a list', { Body: ['Hello', 'ignored'], NumMedia: ['0'] }, 'Hello'],
    [
      'button',
      { Body: 'Yes, please', ButtonText: 'Yes, please', ButtonPayload: 'yes' },
      'Yes, please',
    ],
    ['button without a body', { Body: '', ButtonText: 'Yes' }, 'Yes'],
    ['button with other words', { Body: 'ok', ButtonText: 'Yes' }, 'ok\n[Chose: Yes]'],
    ['list reply', { Body: '', ListId: 'l1', ListTitle: 'Tuesday' }, 'Tuesday'],
    ['forwarded text', { Body: 'Look', Forwarded: 'true' }, '[Forwarded message] Look'],
    [
      'much forwarded text',
      { Body: 'Look', FrequentlyForwarded: 'true' },
      '[Forwarded message] Look',
    ],
    [
      'location',
      { Body: '', Latitude: '52.5', Longitude: '13.4' },
      '[Location: latitude 52.5, longitude 13.4]',
    ],
    [
      'named location',
      { Body: '', Latitude: '0', Longitude: '-13.4', Label: 'Café', Address: 'Street 1' },
      '[Location: Café, Street 1, latitude 0, longitude -13.4]',
    ],
    ['impossible location beside text', { Body: 'here', Latitude: '91', Longitude: '0' }, 'here'],
    [
      'advertisement',
      {
        Body: 'How much?',
        ReferralHeadline: 'Oak table',
        ReferralBody: 'Solid "oak",\n20 % off',
        ReferralSourceUrl: 'https://fb.me/1',
        ReferralSourceType: 'ad',
      },
      '[Comes from an advertisement: "Oak table: Solid \\"oak\\", 20 % off" https://fb.me/1]\nHow much?',
    ],
    [
      'post',
      { Body: 'Hi', ReferralBody: 'We move', ReferralSourceType: 'post' },
      '[Comes from a post: "We move"]\nHi',
    ],
    [
      'address of an advertisement alone',
      { Body: 'Hi', ReferralSourceUrl: 'https://fb.me/1', ReferralNumMedia: '0' },
      '[Comes from an advertisement: https://fb.me/1]\nHi',
    ],
    ['button of a payload alone', { Body: '', ButtonPayload: 'yes' }, 'yes'],
    ['list reply of an id alone', { Body: '', ListId: 'tue' }, 'tue'],
    ['form', { Body: '', FlowData: '{"day":"Tue"}' }, '[Form: "{\\"day\\":\\"Tue\\"}"]'],
    ['control characters', { Body: 'a\u0000b\u0007' }, 'ab'],
  ])('is read as text: %s', (_kind, fields, text) => {
    expect(read(fields)).toEqual({ text, images: [], unreadable: [] });
  });

  it('has of an advertisement no more than its beginning, before the customer’s words', () => {
    const fields = {
      Body: 'Hi',
      ReferralBody: 'x'.repeat(5_000),
      ReferralHeadline: '😀'.repeat(500),
    };

    const { text } = read(fields);

    expect(text.length).toBeLessThan(700);
    expect(text).toMatch(/ …"\]\nHi$/);
    expect(text.isWellFormed()).toBe(true);
  });

  it('names the message that it replies to', () => {
    const contentOf = (fields: Record<string, string>) =>
      readTwilioMessage({ Body: 'This', ...fields }).content;

    expect(contentOf({ OriginalRepliedMessageSid: 'SM9' }).quoted_sid).toBe('SM9');
    expect(contentOf({})).not.toHaveProperty('quoted_sid');
  });

  it('keeps pictures as pictures, with their words', () => {
    const fields = { Body: 'What is this?', ...media('image/jpeg', 'image/png; charset=x') };

    expect(read(fields)).toEqual({
      text: 'What is this?',
      images: [
        { url: 'https://api.twilio.com/0', content_type: 'image/jpeg' },
        { url: 'https://api.twilio.com/1', content_type: 'image/png' },
      ],
      unreadable: [],
    });
  });

  it.each([
    ['audio/ogg; codecs=opus', 'voice messages'],
    ['video/mp4', 'videos'],
    ['image/tiff', 'pictures of this kind'],
    ['text/vcard', 'contact cards'],
    ['application/pdf', 'documents'],
    ['', 'documents'],
  ])('says in plain words that %s cannot be read', (type, kind) => {
    expect(read({ Body: '', ...media(type) })).toEqual({
      text: '',
      images: [],
      unreadable: [kind],
    });
  });

  it('takes what is declared as bytes of any kind for a picture, until it is seen', () => {
    expect(read({ Body: '', ...media('application/octet-stream') })).toMatchObject({
      images: [{ content_type: 'application/octet-stream' }],
      unreadable: [],
    });
  });

  it.each(['image/jpg', 'IMAGE/JPEG', 'image/pjpeg; q=1'])('knows %s as a JPEG', (type) => {
    expect(read({ Body: '', ...media(type) }).images).toMatchObject([
      { content_type: 'image/jpeg' },
    ]);
  });

  it('names each unreadable kind once', () => {
    const { unreadable } = read({ Body: '', ...media('audio/ogg', 'video/mp4', 'audio/aac') });

    expect(unreadable).toEqual(['voice messages', 'videos']);
  });

  it.each([{ Body: '' }, {}, { Body: ' ', NumMedia: '0' }, { Body: 7 }, { MessageType: 'order' }])(
    'is never taken for nothing: %j',
    (fields) => {
      expect(read(fields).unreadable).toEqual(['messages of this kind']);
    },
  );

  it('is never empty, well-formed and bounded, whatever comes', () => {
    const names = ['Body', 'NumMedia', 'ButtonText', 'ListTitle', 'Forwarded', 'Latitude'];
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom('true', '1', '-1', '1e9', '0.5', 'Infinity', 'image/jpeg', '12.5'),
      fc.array(fc.string({ unit: 'binary' }), { maxLength: 2 }),
      fc.string().map((text) => text.repeat(9_000)),
    );
    const keys = fc.oneof(fc.constantFrom(...names, 'Longitude', 'Label'), fc.string());
    const fields = fc.oneof(
      fc.dictionary(keys, value),
      fc.record({ NumMedia: value, MediaContentType0: value, MediaUrl0: value, Body: value }),
    );

    fc.assert(
      fc.property(fields, (given) => {
        const { text, images, unreadable } = read(given);

        expect(text !== '' || images.length > 0 || unreadable.length > 0).toBe(true);
        expect(text.isWellFormed()).toBe(true);
        expect(text.length).toBeLessThanOrEqual(8_000);
        expect(images.length).toBeLessThanOrEqual(10);
        expect(unreadable.length).toBeLessThanOrEqual(5);
      }),
      { numRuns: 500 },
    );
  });
});
