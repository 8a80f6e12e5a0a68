import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Lead } from '../../lambdas/leads/messages.ts';
import { leadsByKey } from './leads-by-key.ts';
import { aWorld, leadOf, leadsIn, withKey } from './leads-world.ts';

const at = leadsByKey();

/** The lead that is kept of a body that is taken. */
async function kept(body: unknown): Promise<Lead> {
  const { tenant, key } = at.someone();
  const leads = aWorld(at.table);
  const response = await leads.post(body, withKey(key, { tenant }));
  const [stored] = await leadsIn(at.table, tenant);
  const lead = await leadOf(response);
  expect(response.status).toBe(201);
  expect(stored).toMatchObject(lead);
  expect(leads.queue).toMatchObject([{ lead }]);
  return lead;
}

describe('an optional field of a lead', () => {
  it.each(['', ' ', '\t\r\n', '\u00a0\u3000', '\u200b\u200e\ufeff', '\u0000', null])(
    'that is %j is null',
    async (empty) => {
      const lead = await kept({
        note: 'Hi',
        email: empty,
        phone: empty,
        name: empty,
        source: empty,
      });

      expect(lead).toMatchObject({ email: null, phone: null, name: null, source: null });
    },
  );

  it.each(['n/a', 'N/A', 'none', 'None', 'null', 'undefined', '-', '–', '...'])(
    'that is read by machines and says %j is null',
    async (nothing) => {
      const lead = await kept({ note: 'Hi', email: nothing, phone: nothing, name: nothing });

      expect(lead).toMatchObject({ email: null, phone: null, name: nothing });
    },
  );

  it.each([
    [' Ann \r\n', 'Ann'],
    ['\ufeffAnn', 'Ann'],
    ['An\u0000n', 'Ann'],
    ['O\u0092Neill', 'O’Neill'],
    ['Ann\vMiller', 'Ann\nMiller'],
    ['שלום \u200fעולם', 'שלום \u200fעולם'],
    ['\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}', '\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}'],
  ])('that is written %j is kept as %j', async (written, name) => {
    expect(await kept({ note: 'Hi', name: written, source: written })).toMatchObject({
      name,
      source: name,
    });
  });
});

describe('a phone number', () => {
  it.each([
    ['+49 170 1234567', '+491701234567'],
    ['+49 170 1234567 \n', '+491701234567'],
    ['(+49) 170 1234567', '+491701234567'],
    ['(+49)170/1234567', '+491701234567'],
    ['+49 (0)170 1234567', '+491701234567'],
    ['0049 170 1234567', '+491701234567'],
    ['\u202a+49 170 1234567\u202c', '+491701234567'],
    ['\u200e+49\u00a0170\u202f1234567', '+491701234567'],
    ['+49\u2011170\u20111234567', '+491701234567'],
    ['+49\u2013170\u22121234567', '+491701234567'],
    ['tel:+49-170-1234567', '+491701234567'],
    ['TEL: +49 170 1234567', '+491701234567'],
    ['＋４９　１７０　１２３４５６７', '+491701234567'],
    ['+٤٩ ١٧٠ ١٢٣٤٥٦٧', '+491701234567'],
    ['+४९ १७० १२३४५६७', '+491701234567'],
    ['+49 40 123456 ext. 12', '+4940123456 ext. 12'],
    ['tel:+1-415-555-2671;ext=5', '+14155552671 ext. 5'],
    ['+1 (415) 555-2671 x12', '+14155552671 ext. 12'],
    ['+39 06 1234 5678', '+390612345678'],
  ])('written %j is kept as %s', async (written, phone) => {
    expect(await kept({ note: 'Hi', phone: written })).toMatchObject({ phone });
  });

  it.each([
    ['040/7654321', '040/7654321'],
    ['040\u00a0765\u2011321', '040 765-321'],
    ['٠٤٠/٧٦٥', '040/765'],
    ['𝟎𝟒𝟎 𑁦𑁧', '040 01'],
    ['1-800-FLOWERS', '1-800-FLOWERS'],
    ['+1234567890', '+1234567890'],
    ['1234', '1234'],
    ['+49 170 1234567 or +49 40 765432', '+49 170 1234567 or +49 40 765432'],
    ['call me at five', 'call me at five'],
    ['#'.repeat(100), '#'.repeat(100)],
  ])('that cannot be dialled as it is written, %j, is kept as %j', async (written, phone) => {
    expect(await kept({ note: 'Hi', phone: written })).toMatchObject({ phone });
  });

  it('that a program takes for a number is kept as its digits', async () => {
    expect(await kept({ note: 'Hi', phone: 4915112345678 })).toMatchObject({
      phone: '4915112345678',
    });
  });
});

describe('an email address', () => {
  it.each([
    ['jo@example.com ', 'jo@example.com'],
    ['jo@example.com\r\n', 'jo@example.com'],
    ['\u00a0jo@example.com\u200b', 'jo@example.com'],
    ['\u202ajo@example.com\u202c', 'jo@example.com'],
    ['jo＠example．com', 'jo@example.com'],
    ['mailto:jo@example.com', 'jo@example.com'],
    ['mailto:jo@example.com?subject=Hi', 'jo@example.com'],
    ['Jo Miller <jo@example.com>', 'jo@example.com'],
    ['<jo@example.com>', 'jo@example.com'],
    ['jo@example.com.', 'jo@example.com'],
    ['jo@example.com;', 'jo@example.com'],
    ['ju\u0308rgen@example.com', 'jürgen@example.com'],
    ["'jo@example.com'", 'jo@example.com'],
    ['"jo@example.com"', 'jo@example.com'],
    ['(jo@example.com)', 'jo@example.com'],
    ['[jo@example.com]', 'jo@example.com'],
    ['jo@example.com (Jo Miller)', 'jo@example.com'],
    ['jo@example。com', 'jo@example.com'],
    ['jo@example.com。', 'jo@example.com'],
  ])('written %j is kept as %s', async (written, email) => {
    expect(await kept({ note: 'Hi', email: written })).toMatchObject({ email });
  });

  it.each([
    'jo@münchen.example',
    'jo@xn--mnchen-3ya.example',
    'jürgen@example.com',
    '用户@例子.广告',
    'अजय@डाटा.भारत',
    'квіточка@пошта.укр',
    'Jo.O’Neill@Example.COM',
    'jo&co/sales=a!b@example.com',
    'jo..o.@docomo.example',
    '"jo miller"@example.com',
    'j@x.museum',
  ])('may be %s', async (email) => {
    expect(await kept({ note: 'Hi', email })).toMatchObject({ email });
  });
});

describe('a note', () => {
  it.each([
    ['one\vtwo', 'one\ntwo'],
    ['one\ftwo', 'one\ntwo'],
    ['it\u0092s \u008050', 'it’s €50'],
    ['Hi\u0000 \u0007there\u001b[1m\u007f', 'Hi there[1m'],
    ['a\u0081b', 'ab'],
    ['line\r\n\tand tab', 'line\r\n\tand tab'],
  ])('written %j is kept as %j', async (written, note) => {
    expect(await kept({ note: written })).toMatchObject({ note });
  });

  it('that was cut within an emoji is kept without its half', async () => {
    expect(await kept('{"note": "Hi \\ud83d", "name": "\\udc4d Ann"}')).toMatchObject({
      note: 'Hi \ufffd',
      name: '\ufffd Ann',
    });
  });

  it('is as long as what is kept of it', async () => {
    const note = `${'x'.repeat(10_000)}\u0000`;

    expect((await kept({ note })).note).toHaveLength(10_000);
  });
});

describe('a lead in another form', () => {
  it.each([
    [{ phone: '+49 170 1234567' }, { phone: '(+49) 170/1234567' }],
    [{ email: 'jo@example.com' }, { email: ' Jo <jo@example.com>\n' }],
    [
      { name: 'Ann', source: 'web' },
      { name: ' Ann\u0000', source: 'web\r\n' },
    ],
    [{ name: null }, { name: '' }],
  ])('is the same under its key: %o, %o', async (one, other) => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);

    const first = await leads.post({ note: 'Hi', ...one }, withKey(key, { tenant }));
    const second = await leads.post({ note: 'Hi', ...other }, withKey(key, { tenant }));

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await second.json()).toEqual(await first.json());
  });

  it('is the same as it was answered, whatever it was', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 90 }),
      fc.string({
        unit: fc.constantFrom(...'+(0)49 -/٤٩\u200e\u0000x;.,'.split('')),
        maxLength: 30,
      }),
    );
    const bodies = fc.record({ note: text, name: text, phone: text, source: text });
    const { tenant } = at.someone();
    const leads = aWorld(at.table);
    await fc.assert(
      fc.asyncProperty(bodies, fc.uuid(), async (body, key) => {
        const first = await leads.post(body, withKey(key, { tenant }));
        if (first.status === 422) return;
        const { id, created_at, ...answered } = await leadOf(first);

        const second = await leads.post(answered, withKey(key, { tenant }));

        expect([second.status, await second.json()]).toEqual([
          200,
          { id, created_at, ...answered },
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the list by source', () => {
  it('finds a lead by its source as it was written, and as it is kept', async () => {
    const { tenant, key } = at.someone();
    const leads = aWorld(at.table);
    const { id } = await leadOf(
      await leads.post({ note: 'Hi', source: ' fair\n' }, withKey(key, { tenant })),
    );

    for (const source of ['fair', '%20fair%0A']) {
      const response = await leads.get(`/leads?source=${source}`, { tenant });
      expect(await response.json()).toMatchObject({ leads: [{ id, source: 'fair' }] });
    }
  });
});
