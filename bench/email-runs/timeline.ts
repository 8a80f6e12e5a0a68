import { styleText } from 'node:util';
import type { RecordedPost, RunRecord } from '../../local/simulators/mailbox/record.ts';
import { firstSends, gradable } from './gradable.ts';

export interface TimelineOptions {
  /** In characters, at least 40; 100 by default. */
  width?: number;
  /** Emails beyond this many share lines; 60 by default. */
  maxLines?: number;
  /** False by default. */
  colour?: boolean;
}

/** An email by its deadline and, once it was answered, the arrival of that; ms after the start. */
export interface Mark {
  emailId: string;
  dueMs: number;
  sentMs: number | null;
}

const leastWidth = 40;
const labelWidth = 14;
const countWidth = 22;

/** The emails of a run with their deadlines and sends, the earliest deadline first. */
export function marksOf(record: RunRecord): Mark[] {
  const sends = firstSends(record);
  const sentMs = (post: RecordedPost | undefined) =>
    post === undefined ? null : post.receivedAt - record.startedAt;
  return gradable(record)
    .map(({ email_id, deadline }) => ({
      emailId: email_id,
      dueMs: deadline * 1000,
      sentMs: sentMs(sends.get(email_id)),
    }))
    .sort((a, b) => a.dueMs - b.dueMs);
}

/** Whether an email was answered, and if, in time. */
export const verdict = ({ dueMs, sentMs }: Mark): 'on time' | 'late' | 'missing' =>
  sentMs === null ? 'missing' : sentMs > dueMs ? 'late' : 'on time';

/** The last moment of a picture of these; never 0, so that it can be divided by. */
export const endOf = (marks: readonly Mark[]): number =>
  marks.reduce((end, { dueMs, sentMs }) => Math.max(end, dueMs, sentMs ?? 0), 1);

/**
 * A run as lines of text: `|` is a deadline, `●` a send in time, `✗` one too late. Many emails share
 * lines by deadline, and `●` becomes the number of sends (`+` above 9).
 */
export function timelineText(record: RunRecord, options: TimelineOptions = {}): string {
  const { width = 100, maxLines = 60, colour = false } = options;
  const marks = marksOf(record);
  const columns = Math.max(width, leastWidth) - labelWidth - countWidth;
  const scale = endOf(marks) / columns;
  const paint = (format: 'red' | 'green' | 'dim', text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const lines = grouped(marks, maxLines).map((group) => line(group, scale, columns, paint));
  return [...lines, axis(endOf(marks), columns, paint), legend].join('\n');
}

type Paint = (format: 'red' | 'green' | 'dim', text: string) => string;

const legend = '| deadline   ● answered in time   ✗ too late   (a digit: as many in time)';

function grouped(marks: readonly Mark[], maxLines: number): Mark[][] {
  const size = Math.max(1, Math.ceil(marks.length / Math.max(1, maxLines)));
  return Array.from({ length: Math.ceil(marks.length / size) }, (_, index) =>
    marks.slice(index * size, (index + 1) * size),
  );
}

function line(group: readonly Mark[], scale: number, columns: number, paint: Paint): string {
  const column = (ms: number) => Math.min(columns - 1, Math.max(0, Math.floor(ms / scale)));
  const cells = Array.from({ length: columns }, () => ({ due: false, onTime: 0, late: 0 }));
  for (const mark of group) {
    const due = cells[column(mark.dueMs)];
    const sent = mark.sentMs === null ? undefined : cells[column(mark.sentMs)];
    if (due) due.due = true;
    if (sent) sent[verdict(mark) === 'late' ? 'late' : 'onTime'] += 1;
  }
  const drawn = cells.map((cell) => drawCell(cell, group.length > 1, paint)).join('');
  return `${labelOf(group)} ${drawn} ${countsOf(group, paint)}`;
}

function drawCell(
  { due, onTime, late }: { due: boolean; onTime: number; late: number },
  shared: boolean,
  paint: Paint,
): string {
  if (late > 0) return paint('red', '✗');
  if (onTime > 0) return paint('green', shared ? (onTime > 9 ? '+' : String(onTime)) : '●');
  return due ? paint('dim', '|') : ' ';
}

function labelOf(group: readonly Mark[]): string {
  const [first] = group;
  const label = group.length === 1 ? first?.emailId : `${first?.emailId} +${group.length - 1}`;
  const room = labelWidth - 1;
  return (label ?? '').slice(0, room).padEnd(room);
}

function countsOf(group: readonly Mark[], paint: Paint): string {
  const count = (wanted: ReturnType<typeof verdict>) =>
    group.filter((mark) => verdict(mark) === wanted).length;
  const [late, missing] = [count('late'), count('missing')];
  if (late + missing === 0) return '';
  const said = [late && `${late} late`, missing && `${missing} missing`].filter(Boolean);
  return paint('red', said.join(', ').slice(0, countWidth - 1));
}

function axis(endMs: number, columns: number, paint: Paint): string {
  const end = `${(endMs / 1000).toFixed(1)} s`;
  return paint('dim', `${' '.repeat(labelWidth)}0 s${end.padStart(columns - 3)}`);
}
