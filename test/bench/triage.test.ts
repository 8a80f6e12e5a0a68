import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { classifiersFrom } from '../../bench/triage/classifiers.ts';
import { figuresOf } from '../../bench/triage/figures.ts';
import { leadsFrom, sources, tuningLeads } from '../../bench/triage/leads.ts';
import { folds, tableFrom } from '../../bench/triage/table.ts';
import {
  headOf,
  type KeptHead,
  mostSteps,
  sharesOf,
  signOf,
} from '../../lambdas/leads/work/rules/classifier.ts';
import kept from '../../lambdas/leads/work/rules/learnt.json' with { type: 'json' };
import { learntOf } from '../../lambdas/leads/work/rules/learnt.ts';
import { classify } from '../../lambdas/leads/work/rules.ts';

const normal = (note: string) =>
  note.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

describe('the labelled leads', () => {
  const measured = [...leadsFrom('unseen'), ...leadsFrom('held-out')];
  const notes = [...sources.flatMap(leadsFrom), ...measured].map(({ note }) => normal(note));

  it('are at least 3,400, none of them twice', () => {
    expect(notes.length).toBeGreaterThanOrEqual(3_400);
    expect(notes.filter((note, index) => notes.indexOf(note) !== index)).toEqual([]);
  });
});

describe('what is learnt', () => {
  const say = (text: string, intent: 'job' | 'spam') =>
    ({ note: text, intent, priority: 'P3', next_action: 'forward' }) as const;
  const leads = [1, 2, 3, 4].flatMap((day) => [
    say(`vacancy on day ${day}`, 'job'),
    say(`backlinks on day ${day}`, 'spam'),
  ]);

  it('is the words that tell the intents apart, far more than those that all use', () => {
    const { classes, weights } = learntOf(tableFrom(leads)).intent;
    const [job, spam] = [classes.indexOf('job'), classes.indexOf('spam')];
    const tells = (key: string) => (weights.get(key)?.[job] ?? 0) - (weights.get(key)?.[spam] ?? 0);

    expect(tells('=vacancy')).toBeGreaterThan(0.5);
    expect(tells('=backlinks')).toBeLessThan(-0.5);
    expect(Math.abs(tells('=day'))).toBeLessThan(0.1);
  });

  it('is kept as signs, and read back as the same weights', () => {
    const head: KeptHead = {
      classes: ['job', 'spam'],
      bias: [0, 0],
      step: 0.5,
      keys: '=vacancy\n=backlinks',
      weights: [2, -2, 0, mostSteps].map(signOf).join(''),
    };
    const { weights } = headOf(head);

    expect(weights.get('=vacancy')).toEqual([1, -1]);
    expect(weights.get('=backlinks')).toEqual([0, mostSteps / 2]);
    const [job = 0, spam = 0] = sharesOf(headOf(head), new Map([['=vacancy', 1]]));
    expect(Math.log(job / spam)).toBeCloseTo(2);
  });

  it('is what is shipped, in no more than a hundred kilobytes', () => {
    expect(tableFrom(tuningLeads())).toEqual(kept);
    expect(gzipSync(JSON.stringify(kept)).length).toBeLessThan(102_400);
  }, 120_000);

  it('is not learnt from the note that it classifies', () => {
    const all = folds(leads);

    expect(all.map(({ lead }) => lead.note).sort()).toEqual(leads.map(({ note }) => note).sort());
    for (const { lead, learnt } of folds([...leads, say('only here, only here', 'job')])) {
      if (lead.note.startsWith('only')) expect(learnt.intent.weights.has('=only here')).toBe(false);
    }
  });
});

describe('the rules, on leads that they were not made on', () => {
  const unseen = leadsFrom('unseen');
  const rules = figuresOf((note) => classify(note), unseen);

  it('are as good as they were measured', () => {
    expect(rules.intent).toBeGreaterThanOrEqual(0.81);
    expect(rules.macroF1).toBeGreaterThanOrEqual(0.8);
    expect(rules.allThree).toBeGreaterThanOrEqual(0.7);
    expect(rules.urgentFound).toBeGreaterThanOrEqual(0.85);
    expect(rules.spamAsBuy).toBeLessThanOrEqual(2 / 22);
  });

  it('are about as sure as they are right', () => {
    expect(rules.ece).toBeLessThanOrEqual(0.05);
  });

  it('are better than ten keywords and than the most frequent answer', () => {
    for (const [name, baseline] of Object.entries(classifiersFrom(tuningLeads()))) {
      if (name !== 'rules') expect(figuresOf(baseline, unseen).intent).toBeLessThan(rules.intent);
    }
  });
});
