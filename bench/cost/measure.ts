import { randomUUID } from 'node:crypto';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, startEngine } from '../../local/engine.ts';
import { readLocalSettings } from '../../local/settings.ts';
import { lognormalMs } from '../../local/simulators/openai/simulator.ts';
import { gradeRun } from '../email-runs/grade.ts';
import { makeMail } from '../email-runs/mail.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Counted, Work, WorkName } from './counted.ts';
import { Watch } from './watch.ts';

export interface Sizes {
  /** Of the replies, of those in a rush, and of the leads. */
  customers: number;
  messagesEach: number;
  rush: number;
  emails: number;
  leads: number;
}

export const fullSizes: Sizes = {
  customers: 12,
  messagesEach: 4,
  rush: 120,
  emails: 200,
  leads: 80,
};

/** As many at the same time as there are environments: nobody waits for one, and each is warm after the first. */
const lanes = 4;

/** Has the local cloud do a known amount of work of each kind, and counts what that takes. */
export async function measure(sizes: Sizes, today: string): Promise<Counted> {
  const watch = new Watch();
  const runs = evenRuns(sizes.customers * sizes.messagesEach);
  const engine = await startEngine({
    settings: readLocalSettings({ PORT: '0' }),
    keep: false,
    sink: watch.sink,
    openai: { runMs: runs.next },
    twilio: { deliveryMs: 10 },
  });
  try {
    await watch.begin(engine);
    const work = await allWork(engine, watch, sizes);
    return {
      measured_on: today,
      load_average: Number((os.loadavg()[1] ?? 0).toFixed(1)),
      how: `On the local cloud: ${sizes.customers} customers with ${sizes.messagesEach} messages each, ${sizes.rush} customers at once, one run of ${sizes.emails} emails, ${sizes.leads} leads; warm functions.`,
      model_seconds: runs.meanMs / 1000,
      work,
      metrics: [...watch.metrics].sort(),
    };
  } finally {
    await engine.stop();
    await watch.end();
  }
}

async function allWork(engine: Engine, watch: Watch, sizes: Sizes): Promise<Counted['work']> {
  const counts = async (units: number, doIt: () => Promise<void>): Promise<Work> => {
    await watch.quiet();
    watch.take();
    await doIt();
    await watch.quiet();
    return { units, ...watch.take() };
  };
  const replies = sizes.customers * sizes.messagesEach;
  const work = {} as Record<WorkName, Work>;
  await conversations(engine, 1, lanes, 1);
  work.replies = await counts(replies, () =>
    conversations(engine, 2, sizes.customers, sizes.messagesEach),
  );
  work.replies_in_a_rush = await counts(sizes.rush, () => rush(engine, sizes.rush));
  await emails(engine, 20);
  work.emails = await counts(sizes.emails, () => emails(engine, sizes.emails));
  await leads(engine, lanes);
  work.leads = await counts(sizes.leads, () => leads(engine, sizes.leads));
  return work;
}

/** Each customer writes when the last message has been answered; each reply is an invocation of its own. */
async function conversations(
  engine: Engine,
  series: number,
  customers: number,
  each: number,
): Promise<void> {
  await inLanes(customers, async (who) => {
    for (let n = 1; n <= each; n++) {
      const from = await writes(engine, numberOf(series, who), n);
      await heard(engine, from, n);
    }
  });
}

async function rush(engine: Engine, customers: number): Promise<void> {
  const all: string[] = [];
  await inLanes(customers, async (who) => void all.push(await writes(engine, numberOf(3, who), 1)));
  for (const from of all) await heard(engine, from, 1);
}

const numberOf = (series: number, who: number): string =>
  `whatsapp:+1555${series}${String(who).padStart(6, '0')}`;

const businessNumber = 'whatsapp:+14155238886';
const question =
  'Hello, I have ordered a pair of shoes last week and have not heard since. When do they come?';

async function writes(engine: Engine, from: string, n: number): Promise<string> {
  const { twilio } = engine;
  if (!twilio) throw new Error('Expected the simulated Twilio, got a real one.');
  const body = `${question} (${n})`;
  const { status } = await twilio.customerWrites({ from, to: businessNumber, body });
  if (status !== 200) throw new Error(`The webhook answered ${status}.`);
  return from;
}

async function heard(engine: Engine, from: string, count: number): Promise<void> {
  while ((engine.twilio?.sentTo(from).length ?? count) < count) await sleep(50);
}

/** One run, asked for once at its end. */
async function emails(engine: Engine, count: number): Promise<void> {
  const { mailbox } = engine;
  if (!mailbox) throw new Error('Expected the simulated mailbox, got a real one.');
  mailbox.next({ emails: makeMail({ count, seed: 7, workers: 64 }) });
  const before = mailbox.runs().length;
  const { run_id } = (await call(engine, 'POST', '/trigger?test=true')) as { run_id: string };
  while (mailbox.runs().length === before) await sleep(100);
  const { box } = mailbox.runs().at(-1) ?? {};
  while (box && gradeRun(box.record()).missing.length > 0) await sleep(500);
  await call(engine, 'GET', `/status/${run_id}`);
}

const lead = {
  email: 'jo@example.com',
  name: 'Jo Example',
  source: 'web',
  note: 'We are a team of 40 and would like to see a demo next week; what does the yearly plan cost?',
};

async function leads(engine: Engine, count: number): Promise<void> {
  await inLanes(count, async () => {
    await call(engine, 'POST', '/leads', lead);
  });
}

async function call(
  { cloud, demoKey }: Engine,
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(cloud.url + path, {
    method,
    headers: {
      authorization: `Bearer ${demoKey}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}.`);
  return response.json();
}

async function inLanes(count: number, each: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) await each(index);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** The specification's model: half of its runs within 3 s, nine of ten within 9 s. */
const modelMs = lognormalMs(3_000, 9_000);
const drawn = 10_000;

/** Runs at even steps of that distribution, so that few of them have its mean, in a shuffled order. */
function evenRuns(count: number): { next: () => number; meanMs: number } {
  const random = seededRandom(1);
  const sorted = Array.from({ length: drawn }, () => modelMs(random)).sort((a, b) => a - b);
  const middle = (step: number) => sorted[Math.floor(((step + 0.5) * drawn) / count)] ?? 0;
  const steps = Array.from({ length: count }, (_, step) => middle(step));
  const shuffled = steps
    .map((ms) => ({ ms, at: random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ ms }) => ms);
  let index = 0;
  return {
    next: () => shuffled[index++ % count] ?? 0,
    meanMs: steps.reduce((sum, ms) => sum + ms, 0) / count,
  };
}
