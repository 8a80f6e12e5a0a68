import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type dependencyKinds,
  type EmailRunStatus,
  routes,
  type sendModes,
} from '../../lambdas/email-deadlines/routes.ts';
import { counted } from '../../lambdas/shared/plural.ts';
import { nothingRuns, runningIn } from '../../local/running.ts';
import type { RunRecord } from '../../local/simulators/mailbox/record.ts';
import type { RunOrder } from '../../local/simulators/mailbox/run-order.ts';
import { type Grade, gradeRun } from './grade.ts';
import type { shapes } from './graphs.ts';
import { makeMail } from './mail.ts';
import { realMail } from './real-mail.ts';
import { timelineText } from './timeline.ts';
import { writeTimelineSvg } from './timeline-svg.ts';

type Out = NodeJS.WriteStream;

type DependencyKind = (typeof dependencyKinds)[number];
type SendMode = (typeof sendModes)[number];

/** Which emails are answered, and how. */
export interface EmailOptions {
  emails: number;
  shape: (typeof shapes)[number];
  seed: number;
  /** So many percent of the posts are answered 503. */
  fail: number;
  real?: boolean | undefined;
  tight?: boolean | undefined;
  content?: boolean | undefined;
  justInTime?: boolean | undefined;
  /** The file that gets the timeline as a picture. */
  svg?: string | undefined;
}

interface Product {
  url: string;
  mailboxUrl: string;
  key: string;
}

/** Has the product that runs here answer emails, and grades it; false where it could not. */
export async function answerEmails(
  options: EmailOptions,
  dataDir: string,
  { stdout: out, stderr: err }: { stdout: Out; stderr: Out },
): Promise<boolean> {
  const product = findProduct(dataDir);
  if (typeof product === 'string') {
    err.write(`${product}\n`);
    return false;
  }
  try {
    const ended = await answered(product, options, out);
    if (ended.state === 'failed') {
      err.write(`The run failed: ${ended.problem?.detail}\n`);
      return false;
    }
    const record = await latestRecord(product.mailboxUrl);
    out.write(`\n${timelineText(record, { colour: out.isTTY, width: out.columns ?? 100 })}\n\n`);
    out.write(`${gradeLines(gradeRun(record), ended)}\n`);
    if (options.svg) {
      writeTimelineSvg(record, options.svg);
      out.write(`The timeline is in ${options.svg}.\n`);
    }
    return true;
  } catch (error) {
    err.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

/** What runs here, or why nothing can be done with it. */
function findProduct(dataDir: string): Product | string {
  const state = runningIn(dataDir);
  if (!state) return nothingRuns(dataDir);
  if (!state.mailbox_url) {
    return 'What runs here has a mailbox of its own (EMAILS_URL): start a run there by POST /trigger.';
  }
  const key = readFileSync(path.join(dataDir, 'demo-key'), 'utf8').trim();
  return { url: state.url, mailboxUrl: state.mailbox_url, key };
}

async function answered(
  product: Product,
  options: EmailOptions,
  out: Out,
): Promise<EmailRunStatus> {
  const ordered = await fetch(`${product.mailboxUrl}/_control/next`, {
    method: 'POST',
    body: JSON.stringify(runOrderOf(options)),
  });
  if (!ordered.ok) throw new Error(`The mailbox took no order: ${await ordered.text()}`);
  const query = new URLSearchParams({
    test: 'true',
    dependency_kind: (options.content ? 'content' : 'order') satisfies DependencyKind,
    send: (options.justInTime ? 'just_in_time' : 'asap') satisfies SendMode,
  });
  let view = await ask(product, `${routes.trigger.path}?${query}`, 'POST');
  out.write(`Run ${view.run_id}\n`);
  for (let shown = ''; view.state === 'pending' || view.state === 'running'; ) {
    await sleep(250);
    view = await ask(product, routes.status.path.replace('{run_id}', view.run_id));
    const line = progressOf(view);
    if (line !== shown) out.write(out.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
    shown = line;
  }
  if (out.isTTY) out.write('\n');
  return view;
}

/** A random prefix tells the emails of this run from those of another. */
function runOrderOf({ emails: count, shape, seed, fail, real, tight }: EmailOptions): RunOrder {
  const emails = (real ? realMail : makeMail)({
    count,
    shape,
    seed,
    tightness: tight ? 'tight' : 'loose',
    workers: 64,
    // Tight deadlines leave a run time to begin.
    headStartMs: 3_000,
    idPrefix: `${randomUUID().slice(0, 4)}.`,
  });
  return { emails, ...(fail > 0 && { faults: { unavailable: fail / 100 } }) };
}

async function ask({ url, key }: Product, where: string, method = 'GET'): Promise<EmailRunStatus> {
  const response = await fetch(url + where, {
    method,
    headers: { authorization: `Bearer ${key}` },
  });
  if (!response.ok)
    throw new Error(`${method} ${where} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as EmailRunStatus;
}

const progressOf = ({ state, counts }: EmailRunStatus): string =>
  `${state}: ${counted(counts.fetched, 'email')}, ${counts.waiting} waiting, ${counts.drafted} drafted, ` +
  `${counts.sent} sent (${counts.late} late), ${counts.failed} failed, ${counts.retries} retries`;

async function latestRecord(mailboxUrl: string): Promise<RunRecord> {
  const list = await fetch(`${mailboxUrl}/_control/runs`);
  const { runs } = (await list.json()) as { runs: { id: string }[] };
  const record = await fetch(`${mailboxUrl}/_control/runs/${runs.at(-1)?.id}/record`);
  return (await record.json()) as RunRecord;
}

function gradeLines(grade: Grade, view: EmailRunStatus): string {
  const share = grade.total === 0 ? 100 : (100 * grade.on_time) / grade.total;
  const late = grade.lateness_ms;
  return [
    `On time    ${grade.on_time} of ${grade.total} (${share.toFixed(1)} %)`,
    `Order      ${grade.order_violations.length} violations, gap ${grade.gap_violations.length}`,
    `Twice      ${grade.duplicates.length}, missing ${grade.missing.length}`,
    `Done after ${((grade.makespan_ms ?? 0) / 1000).toFixed(1)} s` +
      (late
        ? `; time in hand: median ${(-late.p50 / 1000).toFixed(1)} s, least ${(-late.max / 1000).toFixed(1)} s`
        : ''),
    ...(view.cannot_be_met.length > 0
      ? [`Could not be met at all: ${view.cannot_be_met.length}; at risk ${view.at_risk}`]
      : []),
  ].join('\n');
}
