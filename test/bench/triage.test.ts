import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../bench/triage/figures.ts';
import { judgesFrom } from '../../bench/triage/judges.ts';
import { leadsFrom, sources, tuningLeads } from '../../bench/triage/leads.ts';
import { folds, tableFrom } from '../../bench/triage/table.ts';
import { learntOf, shipped } from '../../lambdas/leads/domain/rules/hints.ts';
import { judge } from '../../lambdas/leads/domain/rules.ts';

const normal = (note: string) =>
  note.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

describe('the labelled leads', () => {
  const notes = [...sources.flatMap(leadsFrom), ...leadsFrom('unseen')].map(({ note }) =>
    normal(note),
  );

  it('are at least 1,400, none of them twice', () => {
    expect(notes.length).toBeGreaterThanOrEqual(1_400);
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

  it('is the words that tell the intents apart, and not those that all use', () => {
    const table = tableFrom(leads);

    expect(Object.values(table['job'] ?? {}).join(',')).toContain('vacancy');
    expect(Object.values(table['spam'] ?? {}).join(',')).toContain('backlinks');
    expect(JSON.stringify(table)).not.toContain('"day');
  });

  it('is the table that is shipped', () => {
    expect(learntOf(tableFrom(tuningLeads()))).toEqual(shipped);
  }, 60_000);

  it('is not learnt from the note that it judges', () => {
    const all = folds(leads);

    expect(all.map(({ lead }) => lead.note).sort()).toEqual(leads.map(({ note }) => note).sort());
    for (const { lead, learnt } of folds([...leads, say('only here, only here', 'job')])) {
      if (lead.note.startsWith('only')) expect(learnt.has('only here')).toBe(false);
    }
  });
});

describe('the rules, on leads that they were not made on', () => {
  const unseen = leadsFrom('unseen');
  const rules = figuresOf((note) => judge(note), unseen);

  it('are as good as they were measured', () => {
    expect(rules.intent).toBeGreaterThanOrEqual(0.76);
    expect(rules.macroF1).toBeGreaterThanOrEqual(0.72);
    expect(rules.priority).toBeGreaterThanOrEqual(0.72);
    expect(rules.nextAction).toBeGreaterThanOrEqual(0.74);
    expect(rules.allThree).toBeGreaterThanOrEqual(0.63);
  });

  it('are about as sure as they are right', () => {
    expect(rules.ece).toBeLessThan(0.1);
  });

  it('are better than ten keywords and than the most frequent answer', () => {
    for (const [name, baseline] of Object.entries(judgesFrom(tuningLeads()))) {
      if (name !== 'rules') expect(figuresOf(baseline, unseen).intent).toBeLessThan(rules.intent);
    }
  });
});
