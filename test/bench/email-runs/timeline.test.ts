import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { timelineText } from '../../../bench/email-runs/timeline.ts';
import { timelineSvg, writeTimelineSvg } from '../../../bench/email-runs/timeline-svg.ts';
import type { RunRecord } from '../../../local/simulators/mailbox/record.ts';
import { anEmail } from '../../local/simulators/mailbox/mailbox.ts';
import { aPost, startedAt } from './runs.ts';

const early = anEmail('early', { deadline: 10 });
const late = anEmail('late', { deadline: 5 });
const missing = anEmail('missing', { deadline: 2 });
const emails = [early, late, missing];
const run: RunRecord = {
  emails,
  startedAt,
  posts: [aPost('early', 4000), aPost('late', 9000)],
};

const many = (count: number): RunRecord => {
  const emails = Array.from({ length: count }, (_, index) =>
    anEmail(`e${index}`, { deadline: 1 + index / 100 }),
  );
  return { emails, startedAt, posts: emails.map((one) => aPost(one.email_id, 1500)) };
};

describe('the timeline in the terminal', () => {
  it('has a line for each email, the earliest deadline first', () => {
    const lines = timelineText(run).split('\n');

    expect(lines.slice(0, 3).map((line) => line.split(' ')[0])).toEqual([
      'missing',
      'late',
      'early',
    ]);
  });

  it('marks deadlines and sends, and says what is late or missing', () => {
    const [absent, tardy, timely] = timelineText(run).split('\n');

    expect(absent).toMatch(/^missing +\| +1 missing$/);
    expect(tardy).toMatch(/^late +\| +✗ +1 late$/);
    expect(timely).toMatch(/^early +● +\| *$/);
  });

  it.each([20, 60, 100, 160])('of a width of %i stays within it, or within 40', (width) => {
    const lines = timelineText(many(500), { width }).split('\n').slice(0, -1);

    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.max(40, width));
  });

  it('lets many emails share lines', () => {
    const lines = timelineText(many(10_000), { maxLines: 20 }).split('\n');

    expect(lines.length).toBeLessThanOrEqual(22);
    expect(lines[0]).toMatch(/^e0 \+499 .*50 late$/);
  });

  it('is coloured if asked, and otherwise plain', () => {
    const coloured = timelineText(run, { colour: true });

    expect(coloured).not.toBe(timelineText(run));
    expect(stripVTControlCharacters(coloured)).toBe(timelineText(run));
  });

  it('can be drawn of a run without emails', () => {
    expect(timelineText({ emails: [], startedAt, posts: [] })).toContain('0 s');
  });
});

describe('the timeline as a picture', () => {
  it('shows what is in time apart from what is late, with the ids escaped', () => {
    const svg = timelineSvg({ ...run, emails: [...emails, anEmail('<&>')] });

    expect(svg).toContain('4 emails: 1 on time, 1 late, 2 missing');
    expect(svg).toContain('&lt;&amp;&gt;');
    const bars = (kind: string) => new RegExp(`class="${kind}" d="(M[^M"]*)"`).exec(svg)?.[1];
    expect(bars('on-time')).toMatch(/^M990 [\d.]+H450$/);
    expect(bars('late')).toMatch(/^M540 [\d.]+H900$/);
  });

  it('of 10,000 emails is still small', () => {
    expect(timelineSvg(many(10_000)).length).toBeLessThan(600_000);
  });

  it('can be written to a file', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'timeline-'));
    const file = path.join(folder, 'run.svg');

    writeTimelineSvg(run, file);

    expect(readFileSync(file, 'utf8')).toBe(timelineSvg(run));
    rmSync(folder, { recursive: true });
  });
});
