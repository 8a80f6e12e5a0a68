import { type Counted, type Work, workNames } from './counted.ts';
import { gbSeconds, idleMonth, type Line, perThousand, pollsPerMonth, totalOf } from './lines.ts';
import { besides, modelTokens } from './page-besides.ts';
import { type Findings, line, table, usd } from './page-parts.ts';
import { type Cost, costBy, type PriceList } from './prices.ts';

/** The page docs/reference/cost.md: what the stack costs, from its template, the prices and what was measured. */
export function costPage(findings: Findings): string {
  const { prices, counted } = findings;
  const cost = costBy(prices);
  return [
    '# Cost',
    `Made by \`npm run bench -- cost\` from the template of prod, the prices of ${prices.region} of ${prices.date} ` +
      `(\`bench/cost/prices.json\`: on demand, without free tiers and taxes) and what was counted on ` +
      `${counted.measured_on} (\`bench/cost/counts.json\`). A test holds this page to them; do not edit it.`,
    '## A thousand of each',
    thousands(findings, cost),
    'Dollars, AWS alone. "One at a time": each reply is an invocation of its own, which waits for the model ' +
      `(${counted.model_seconds.toFixed(1)} s on average). "In a rush": up to ten conversations share one. ` +
      'Emails and leads are answered and classified by the defaults, the mock model (0.4 to 0.6 s) and the rules; with a ' +
      "model as slow as the replies', Lambda's time of emails would be about " +
      `${Math.round(counted.model_seconds / mockSeconds)} times as much.`,
    modelTokens(cost),
    halfTheMemory(findings, cost),
    '## A month in which nothing happens',
    idle(findings, cost),
    '## A month with traffic at every hour',
    metrics(counted, cost),
    '## Beside the specifications',
    besides(findings, cost),
    '## What was counted',
    counts(findings),
    `${counted.how} Durations are those of a machine of two cores with the emulators and vendors on it too, under a ` +
      `load average of ${counted.load_average}: rather too long for what waits, rather too short for what computes, as ` +
      'Lambda gives 512 MB a third of a core. Cold starts are not in it; receives that find nothing are in the idle ' +
      'month.',
    '## What is not in it',
    notIncluded(findings, cost),
    '## The prices',
    priceTable(prices),
  ]
    .join('\n\n')
    .concat('\n');
}

/** Mean of the mock model's answers. */
const mockSeconds = 0.5;

const titles: Record<(typeof workNames)[number], string> = {
  replies: 'Replies, one at a time',
  replies_in_a_rush: 'Replies, in a rush',
  emails: 'Emails',
  leads: 'Leads',
};

function thousands({ deployed, counted }: Findings, cost: Cost): string {
  const columns = workNames.map((name) => perThousand(counted.work[name], deployed, cost));
  const rows = (columns[0] ?? []).map(({ what }, index) => [
    what,
    ...columns.map((lines) => usd(lines[index]?.usd ?? 0)),
  ]);
  const total = ['**Total**', ...columns.map((lines) => `**${usd(totalOf(lines))}**`)];
  return table(['', ...workNames.map((name) => titles[name])], [...rows, total]);
}

/** The largest part of a reply is a function that waits. */
function halfTheMemory({ deployed, counted }: Findings, cost: Cost): string {
  const name = 'reply-processor';
  const memory = deployed.memoryMb.get(name) ?? 0;
  const { units, functions } = counted.work.replies;
  const seconds = ((functions[name]?.seconds ?? 0) * 1_000) / units;
  const spared = cost('lambda_arm64_gb_second', (seconds * memory) / 1024 / 2);
  return (
    `What could cost less: the ${name} has ${memory} MB and mostly waits for the model. With ${memory / 2} MB a thousand ` +
    `replies one at a time would cost ${usd(spared)} less, but what computes, and each cold start, would take twice as long. ` +
    `Of its ${line(counted.work.replies.http_requests / units)} HTTP requests, ` +
    `${line((functions['status']?.invocations ?? 0) / units)} are Twilio's reports (queued, sent, delivered, read).`
  );
}

function idle({ deployed }: Findings, cost: Cost): string {
  const lines = idleMonth(deployed, cost);
  const rows = lines.map(({ what, usd: dollars }: Line) => [what, usd(dollars, 2)]);
  const polls = Math.round(pollsPerMonth).toLocaleString('en');
  return [
    table(['', '$'], [...rows, ['**Total**', `**${usd(totalOf(lines), 2)}**`]]),
    `Every event source has five pollers that wait 20 s each (AWS says so of standard queues; taken for FIFO too): ${polls} requests a month and queue, of which AWS gives ` +
      'a million a month free to an account. Tables, functions, the HTTP API and queues cost nothing by being there; the data ' +
      `that is kept costs ${usd(cost('dynamodb_gb_month', 1), 2)} per GB, and ` +
      `${usd(cost('dynamodb_backup_gb_month', 1), 2)} more in the ${deployed.backedUpTables} tables with backup.`,
    `What could cost less: one secret in place of ${deployed.secrets} (all roles would then read all of it) would spare ` +
      `${usd(cost('secret_month', Math.max(0, deployed.secrets - 1)), 2)}; runs and ready emails in one queue would ` +
      `spare ${usd(cost('sqs_standard_request', pollsPerMonth), 2)}, at the price of runs that wait behind emails. ` +
      'Neither is worth it. A stage that nobody uses is best deleted (`npx cdk destroy`), or its event sources disabled.',
  ].join('\n\n');
}

function metrics(counted: Counted, cost: Cost): string {
  const count = counted.metrics.length;
  return (
    `${count} custom metrics are written by this work; each costs ${usd(cost('metric_month', 1), 2)} a month, for the ` +
    `hours alone in which it is written: ${usd(cost('metric_month', count), 2)} if all are in every hour, nothing when ` +
    'idle, and ten are free to an account. They are of the deployment, not of each company, so that more companies ' +
    'add none.'
  );
}

function counts({ deployed, counted }: Findings): string {
  const each = (work: Work, quantity: number) => line(quantity / work.units);
  const rowOf = (what: string, of: (work: Work) => number) => [
    what,
    ...workNames.map((name) => each(counted.work[name], of(counted.work[name]))),
  ];
  const invocations = ({ functions }: Work) =>
    Object.values(functions).reduce((sum, one) => sum + one.invocations, 0);
  const rows = [
    rowOf('Lambda, invocations', invocations),
    rowOf('Lambda, GB-seconds', (work) => gbSeconds(work, deployed)),
    rowOf('HTTP requests', (work) => work.http_requests),
    rowOf('DynamoDB, write units', ({ dynamodb }) => dynamodb.writes),
    rowOf('DynamoDB, read units', ({ dynamodb }) => dynamodb.reads),
    rowOf('SQS requests', ({ sqs }) => sqs.fifo + sqs.standard + sqs.fair),
    rowOf('Reads of secrets', (work) => work.secret_reads),
    rowOf('Log lines of our own', ({ log }) => log.lines),
    rowOf('Bytes of them', ({ log }) => log.bytes),
  ];
  const units = ['Counted', ...workNames.map((name) => String(counted.work[name].units))];
  return table(['For each', ...workNames.map((name) => titles[name])], [units, ...rows]);
}

function notIncluded({ deployed }: Findings, cost: Cost): string {
  const logs = `Keeping logs: ${usd(cost('log_gb_month', 1), 2)} per GB and month in ${deployed.logGroups} groups.`;
  return [
    '- What Twilio and OpenAI bill; Twilio and WhatsApp bill each message.',
    '- Data that leaves AWS ($0.09 per GB), KMS requests for the tables (their keys are AWS-managed: at most one in ' +
      'five minutes, table and caller), and calls by operators.',
    `- ${logs}`,
    '- Retries after failures, dead letters, and the reading of results by callers (one HTTP request, one short ' +
      'invocation and a read or two each).',
  ].join('\n');
}

function priceTable({ prices }: PriceList): string {
  const rows = Object.entries(prices).map(([name, { usd: dollars, checked }]) => [
    name.replaceAll('_', ' '),
    dollars
      .toFixed(10)
      .replace(/(\.\d*?)0+$/, '$1')
      .replace(/\.$/, ''),
    checked === false ? 'not checked' : checked,
  ]);
  return table(['One', '$', 'Found at'], rows);
}
