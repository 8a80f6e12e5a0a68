import { describe, expect, it } from 'vitest';
import { learntOf } from '../../../lambdas/leads/domain/rules/hints.ts';
import { judge } from '../../../lambdas/leads/domain/rules.ts';

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
    expect(judge(note)).toMatchObject({ intent, priority, next_action });
  });

  it.each([
    ['Necesito un presupuesto urgente'],
    ['Wir brauchen dringend ein Angebot'],
    ['Besoin d’un devis en urgence'],
    ['Preciso de um orçamento urgente'],
    ['Vorrei un preventivo urgente'],
  ])('understands “%s”', (note) => {
    const judgement = judge(note);

    expect(judgement).toMatchObject({ intent: 'buy', priority: 'P0' });
    expect(judgement.tags).toContain('not-english');
  });

  it('quotes the words of the note, and what they speak for', () => {
    const { explanation } = judge('Need URGENT pricing');

    expect(explanation).toContainEqual({ phrase: 'URGENT', speaks_for: 'P0', weight: 3 });
    const pricing = explanation.find(({ phrase }) => phrase === 'pricing');
    expect(pricing).toMatchObject({ speaks_for: 'buy' });
    expect(pricing?.weight).toBeGreaterThanOrEqual(3);
  });

  it('names learnt words, too, where the lexicon knows none', () => {
    const { intent, explanation } = judge('Nos ordinateurs affichent une page vide');
    const learnt = learntOf({ job: { '1.5': 'vide' }, 'support broken': { '2': 'vide' } });
    const taught = judge('vide', learnt);

    expect(intent).not.toBe('job');
    expect(explanation.length).toBeGreaterThan(0);
    expect(taught).toMatchObject({
      intent: 'job',
      explanation: [{ phrase: 'vide', speaks_for: 'job', weight: 1.5 }],
    });
  });

  it('takes the priority of support from learnt words', () => {
    const learnt = learntOf({ support: { '2': 'vide' }, 'support harm': { '2': 'vide' } });

    expect(judge('vide', learnt)).toMatchObject({
      intent: 'support',
      priority: 'P0',
      explanation: [
        { phrase: 'vide', speaks_for: 'support', weight: 2 },
        { phrase: 'vide', speaks_for: 'P0', weight: 2 },
      ],
    });
  });

  it('takes a denied wish as none', () => {
    const { intent, explanation } = judge('We don’t need a demo.');

    expect(intent).toBe('other');
    expect(explanation).toContainEqual({ phrase: 'demo', speaks_for: 'not buy', weight: 3 });
    expect(explanation).not.toContainEqual(
      expect.objectContaining({ phrase: 'demo', speaks_for: 'buy' }),
    );
  });

  it('ends a denial with its clause', () => {
    expect(judge('No call, just a quote for 5 users').intent).toBe('buy');
    expect(judge('Don’t you have a demo?').intent).toBe('buy');
  });

  it('takes “not really that urgent” for calm', () => {
    expect(judge('A quote for 8 users please, it is not really that urgent').priority).toBe('P3');
  });

  it('puts harm before a purchase, and names both', () => {
    const judgement = judge('We want to buy 20 seats, but first a refund: you charged us twice.');

    expect(judgement.intent).toBe('support');
    expect(judgement.tags).toContain('several-intents');
  });

  it('writes to those who ask for it in writing', () => {
    const note = 'Budget approved for 40 seats, send the quote by email, do not call.';

    expect(judge(note).next_action).toBe('email');
  });

  it('is less sure where the note says less', () => {
    const clear = judge('Please send pricing and a demo for 20 seats');

    expect(judge('hello').confidence).toBeLessThan(clear.confidence);
  });
});
