import { writeFileSync } from 'node:fs';
import type { RunRecord } from '../../local/simulators/mailbox/record.ts';
import { endOf, type Mark, marksOf, verdict } from './timeline.ts';

const margin = { left: 90, top: 50, right: 20, bottom: 30 };
const plotWidth = 900;
const maxPlotHeight = 1200;
const rowHeights = { most: 16, labelled: 10 };
const colours = { 'on time': '#2a9d5c', late: '#d1352b', deadline: '#9aa0a6', text: '#3c4043' };

/** Writes `timelineSvg` to a file. */
export function writeTimelineSvg(record: RunRecord, file: string): void {
  writeFileSync(file, timelineSvg(record));
}

/**
 * A run as a picture: a row for each email, the earliest deadline on top, with a tick at the deadline
 * and a bar from there to the send, green to the left of it when in time, red to the right when late.
 */
export function timelineSvg(record: RunRecord): string {
  const marks = marksOf(record);
  const rowHeight = Math.min(rowHeights.most, maxPlotHeight / Math.max(1, marks.length));
  const plotHeight = rowHeight * marks.length;
  const [width, height] = [
    margin.left + plotWidth + margin.right,
    margin.top + plotHeight + margin.bottom,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${round(height)}" font-family="sans-serif" font-size="11" fill="${colours.text}">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${margin.left}" y="22" font-size="14">${summary(marks)}</text>`,
    ...axis(endOf(marks), plotHeight),
    ...paths(marks, rowHeight),
    ...(rowHeight >= rowHeights.labelled ? labels(marks, rowHeight) : []),
    '</svg>\n',
  ].join('\n');
}

function summary(marks: readonly Mark[]): string {
  const counts = (['on time', 'late', 'missing'] as const).map(
    (wanted) => `${marks.filter((mark) => verdict(mark) === wanted).length} ${wanted}`,
  );
  return `${marks.length} emails: ${counts.join(', ')}`;
}

/** One path for each kind of mark, so that a picture of 10,000 emails stays small. */
function paths(marks: readonly Mark[], rowHeight: number): string[] {
  const end = endOf(marks);
  const x = (ms: number) => round(margin.left + (ms / end) * plotWidth);
  const y = (row: number) => round(margin.top + (row + 0.5) * rowHeight);
  const bars = (wanted: 'on time' | 'late') =>
    marks
      .map((mark, row) =>
        verdict(mark) === wanted ? `M${x(mark.dueMs)} ${y(row)}H${x(mark.sentMs ?? 0)}` : '',
      )
      .join('');
  const ticks = marks
    .map(({ dueMs }, row) => `M${x(dueMs)} ${round(y(row) - rowHeight / 2)}v${round(rowHeight)}`)
    .join('');
  const thick = round(Math.max(0.5, rowHeight * 0.5));
  return [
    `<path class="on-time" d="${bars('on time')}" stroke="${colours['on time']}" stroke-width="${thick}"/>`,
    `<path class="late" d="${bars('late')}" stroke="${colours.late}" stroke-width="${thick}"/>`,
    `<path class="deadline" d="${ticks}" stroke="${colours.deadline}" stroke-width="1.5"/>`,
  ];
}

function axis(endMs: number, plotHeight: number): string[] {
  const bottom = round(margin.top + plotHeight);
  return [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const x = margin.left + share * plotWidth;
    const seconds = ((share * endMs) / 1000).toFixed(1);
    return [
      `<path d="M${x} ${margin.top}V${bottom}" stroke="#e8eaed"/>`,
      `<text x="${x}" y="${bottom + 16}" text-anchor="middle">${seconds} s</text>`,
    ];
  });
}

function labels(marks: readonly Mark[], rowHeight: number): string[] {
  return marks.map((mark, row) => {
    const y = round(margin.top + (row + 0.7) * rowHeight);
    const colour = verdict(mark) === 'on time' ? colours.text : colours.late;
    const label = escaped(mark.emailId.slice(0, 13));
    return `<text x="${margin.left - 8}" y="${y}" text-anchor="end" fill="${colour}">${label}</text>`;
  });
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const round = (value: number) => Math.round(value * 10) / 10;
