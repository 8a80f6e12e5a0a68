import { describe, expect, it } from 'vitest';
import { classify } from '../../../lambdas/leads/work/rules.ts';

describe('the judgement of a lead', () => {
  it.each([
    ['Need urgent pricing for 50 seats ASAP!', 'buy', 'P0', 'call'],
    ['Need pricing for 20 seats next week. Budget approved.', 'buy', 'P1', 'call'],
    ['Pricing for 300 users please, no rush.', 'buy', 'P3', 'email'],
    ['price?', 'buy', 'P2', 'qualify'],
    ['We cannot log in since yesterday', 'support', 'P1', 'forward'],
    ['Production is down', 'support', 'P0', 'forward'],
    ['We want to become a reseller of your product', 'partner', 'P2', 'forward'],
    ['Please find my CV for the vacancy', 'job', 'P3', 'forward'],
    ['We offer SEO and backlinks for companies like yours', 'spam', 'P3', 'ignore'],
    ['I found a vulnerability on your login page', 'other', 'P1', 'forward'],
    ['', 'other', 'P3', 'qualify'],
    [' \n … ?', 'other', 'P3', 'qualify'],
  ] as const)('of “%s” is %s, %s, %s', (note, intent, priority, next_action) => {
    expect(classify(note)).toMatchObject({ intent, priority, next_action });
  });

  it.each([
    ['Necesito un presupuesto urgente'],
    ['Wir brauchen dringend ein Angebot'],
    ['Besoin d’un devis en urgence'],
    ['Preciso de um orçamento urgente'],
    ['Vorrei un preventivo urgente'],
  ])('understands “%s”', (note) => {
    const judgement = classify(note);

    expect(judgement).toMatchObject({ intent: 'buy', priority: 'P0' });
    expect(judgement.tags).toContain('not-english');
  });

  it('quotes the words of the note, and what they speak for', () => {
    const { explanation } = classify('Need URGENT pricing');

    expect(explanation).toContainEqual({ phrase: 'URGENT', speaks_for: 'P0', weight: 3 });
    const pricing = explanation.find(({ phrase }) => phrase === 'pricing');
    expect(pricing).toMatchObject({ speaks_for: 'buy' });
    expect(pricing?.weight).toBeGreaterThanOrEqual(3);
  });

  it('takes a denied wish as none', () => {
    const { intent, explanation } = classify('We don’t need a demo.');

    expect(intent).toBe('other');
    expect(explanation).toContainEqual({ phrase: 'demo', speaks_for: 'not buy', weight: 3 });
    expect(explanation).not.toContainEqual(
      expect.objectContaining({ phrase: 'demo', speaks_for: 'buy' }),
    );
  });

  it('ends a denial with its clause', () => {
    expect(classify('No call, just a quote for 5 users').intent).toBe('buy');
    expect(classify('Don’t you have a demo?').intent).toBe('buy');
  });

  it('takes “not really that urgent” for calm', () => {
    expect(classify('A quote for 8 users please, it is not really that urgent').priority).toBe(
      'P3',
    );
  });

  it('puts harm before a purchase, and names both', () => {
    const judgement = classify(
      'We want to buy 20 seats, but first a refund: you charged us twice.',
    );

    expect(judgement.intent).toBe('support');
    expect(judgement.tags).toContain('several-intents');
  });

  it('writes to those who ask for it in writing', () => {
    const note = 'Budget approved for 40 seats, send the quote by email, do not call.';

    expect(classify(note).next_action).toBe('email');
  });

  it('is less sure where the note says less', () => {
    const clear = classify('Please send pricing and a demo for 20 seats');

    expect(classify('hello').confidence).toBeLessThan(clear.confidence);
  });
});

describe('urgency', () => {
  it.each([
    [
      'Our outbound team has 50 seats free for you immediately, call now for pricing!',
      'spam',
      'P3',
    ],
    ['SEO packages for 50 users, act today, call now, limited offer', 'spam', 'P3'],
    ['Wir bieten dringend günstige Kredite, 50 Plätze, rufen Sie sofort an', 'spam', 'P3'],
    ['We need pricing for 50 seats immediately, please call now', 'buy', 'P0'],
    ['Nobody in our office can work since your update', 'support', 'P0'],
    ['A stranger reads our customers’ data in your portal', 'support', 'P0'],
    ['All our contacts are gone, the list is empty', 'support', 'P0'],
    ['整个团队都登录不了，没法工作', 'support', 'P0'],
    ['Никто из сотрудников не может войти в систему', 'support', 'P0'],
    ['全員がログインできず、業務が止まっています', 'support', 'P0'],
    ['لا أحد من الموظفين يستطيع الدخول إلى النظام', 'support', 'P0'],
  ] as const)(
    'counts in the mouth of a buyer or customer alone: “%s” is %s, %s',
    (note, intent, priority) => {
      const judgement = classify(note);

      expect(judgement).toMatchObject({ intent, priority });
      if (intent === 'spam') expect(judgement.tags).not.toContain('urgent');
    },
  );
});

describe('the explanation of a judgement', () => {
  const noise = [
    'and',
    'the',
    'we',
    'und',
    'wir',
    'et',
    'y',
    'e',
    'и',
    'is',
    'of',
    'to',
    'for',
    'our',
    'with',
  ];

  it.each([
    [
      'We train receptionists and we would like to resell your product with our courses',
      'partner',
      'resell',
    ],
    ['And the invoice is wrong, and we want our money back', 'support', 'money back'],
    ['Ich suche und finde keine Stelle, haben Sie eine Ausbildung für mich?', 'job', 'Ausbildung'],
    ['Y quiero saber el precio para nuestra clínica', 'buy', 'precio'],
    ['Мы хотим узнать цену и посмотреть демо', 'buy', 'цену'],
  ])(
    'of “%s” names what decided for %s, and no words that all notes have',
    (note, intent, telling) => {
      const judgement = classify(note);
      const phrases = judgement.explanation.map(({ phrase }) => phrase.toLowerCase());

      expect(judgement.intent).toBe(intent);
      expect(phrases.some((phrase) => phrase.includes(telling.toLowerCase()))).toBe(true);
      expect(phrases.filter((phrase) => noise.includes(phrase))).toEqual([]);
    },
  );

  it('speaks for what was chosen or against what was not, the heaviest first', () => {
    const { explanation, intent, priority } = classify(
      'We don’t need a demo, and no pricing. The export is broken since Monday.',
    );
    const weights = explanation.map(({ weight }) => weight);

    expect(intent).toBe('support');
    for (const { speaks_for } of explanation)
      expect([intent, priority, 'not buy']).toContain(speaks_for);
    expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  });

  it('is there in scripts without spaces too', () => {
    const { intent, explanation } = classify('我想应聘会计，附件是我的简历');

    expect(intent).toBe('job');
    expect(explanation.length).toBeGreaterThan(0);
  });
});
