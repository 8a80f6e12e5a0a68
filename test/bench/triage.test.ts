import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../bench/triage/figures.ts';
import { judgesFrom } from '../../bench/triage/judges.ts';
import { halfOf, leadsFrom, leadsOf, sources } from '../../bench/triage/leads.ts';
import { judge } from '../../lambdas/leads/domain/rules.ts';

const normal = (note: string) =>
  note.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();

describe('the labelled leads', () => {
  const notes = [...sources.flatMap(leadsFrom), ...leadsFrom('unseen')].map(({ note }) =>
    normal(note),
  );

  it('are at least 260, none of them twice', () => {
    expect(notes.length).toBeGreaterThanOrEqual(260);
    expect(notes.filter((note, index) => notes.indexOf(note) !== index)).toEqual([]);
  });

  it('are parted by the first byte of the hash of the note', () => {
    // sha256('abc') begins with ba, sha256('a') with ca, sha256('c') with 2e, sha256('test') with 9f.
    expect(['abc', 'a', 'c', 'test'].map(halfOf)).toEqual(['tune', 'tune', 'tune', 'report']);
    expect(leadsOf('tune').length + leadsOf('report').length).toBe(
      sources.flatMap(leadsFrom).length,
    );
  });
});

describe('the rules, on leads that they were not made on', () => {
  const report = leadsOf('report');
  const rules = figuresOf(judge, report);

  it('are as good as they were measured', () => {
    expect(rules.intent).toBeGreaterThanOrEqual(0.82);
    expect(rules.macroF1).toBeGreaterThanOrEqual(0.84);
    expect(rules.priority).toBeGreaterThanOrEqual(0.83);
    expect(rules.nextAction).toBeGreaterThanOrEqual(0.77);
    expect(rules.allThree).toBeGreaterThanOrEqual(0.72);
  });

  it('are about as sure as they are right', () => {
    expect(rules.ece).toBeLessThan(0.12);
  });

  it('are better than ten keywords and than the most frequent answer', () => {
    for (const [name, baseline] of Object.entries(judgesFrom(leadsOf('tune')))) {
      if (name !== 'rules') expect(figuresOf(baseline, report).intent).toBeLessThan(rules.intent);
    }
  });
});
