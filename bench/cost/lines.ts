import type { Work } from './counted.ts';
import type { Deployed } from './deployed.ts';
import type { Cost } from './prices.ts';

/** Something that is paid for, in dollars. */
export interface Line {
  what: string;
  usd: number;
}

export const totalOf = (lines: readonly Line[]): number =>
  lines.reduce((sum, { usd }) => sum + usd, 0);

/** The Lambda service's own three lines of each invocation, and what each line weighs beside its text. */
const platformBytes = 310;
const platformLines = 3;
const bytesPerLine = 26;
const gigabyte = 1e9;

/** What a thousand replies, emails or leads cost at AWS. */
export function perThousand(work: Work, deployed: Deployed, cost: Cost): Line[] {
  const of = (quantity: number) => (quantity * 1_000) / work.units;
  const invocations = Object.values(work.functions).reduce((sum, one) => sum + one.invocations, 0);
  const { lines, bytes } = work.log;
  const logBytes =
    bytes + invocations * platformBytes + (lines + invocations * platformLines) * bytesPerLine;
  const { fifo, standard, fair } = work.sqs;
  const traced = deployed.tracedFunctions > 0;
  return [
    { what: 'Lambda, time', usd: cost('lambda_arm64_gb_second', of(gbSeconds(work, deployed))) },
    { what: 'Lambda, requests', usd: cost('lambda_request', of(invocations)) },
    { what: 'HTTP API', usd: cost('http_api_request', of(work.http_requests)) },
    { what: 'DynamoDB, writes', usd: cost('dynamodb_write', of(work.dynamodb.writes)) },
    { what: 'DynamoDB, reads', usd: cost('dynamodb_read', of(work.dynamodb.reads)) },
    {
      what: 'SQS',
      usd:
        cost('sqs_fifo_request', of(fifo)) +
        cost('sqs_standard_request', of(standard)) +
        cost('sqs_fair_request', of(fair)),
    },
    { what: 'EventBridge', usd: cost('event', of(work.events)) },
    { what: 'Secrets Manager', usd: cost('secret_call', of(work.secret_reads)) },
    { what: 'Logs', usd: cost('log_gb', of(logBytes) / gigabyte) },
    ...(traced ? [{ what: 'X-Ray, at most', usd: cost('trace', of(invocations)) }] : []),
  ];
}

/** Gigabyte-seconds of all functions, by the memory that the template gives each. */
export function gbSeconds({ functions }: Work, { memoryMb }: Deployed): number {
  return Object.entries(functions).reduce((sum, [name, { seconds }]) => {
    const memory = memoryMb.get(name);
    if (!memory) throw new Error(`The template has no function ${name}: measure again.`);
    return sum + (seconds * memory) / 1024;
  }, 0);
}

/** Lambda's pollers of an event source that has nothing to do, and how long each waits for a message. */
const pollers = 5;
const pollSeconds = 20;
const monthSeconds = 730 * 3600;

/** Requests by which the Lambda service asks one empty queue for messages in a month. */
export const pollsPerMonth = (pollers * monthSeconds) / pollSeconds;

/** What a month costs in which nothing happens. */
export function idleMonth(deployed: Deployed, cost: Cost): Line[] {
  const { fifo, standard } = deployed.polled;
  return [
    {
      what: `${standard} standard queues, asked by ${pollers} pollers each`,
      usd: cost('sqs_standard_request', standard * pollsPerMonth),
    },
    {
      what: `${fifo} FIFO queue, asked alike`,
      usd: cost('sqs_fifo_request', fifo * pollsPerMonth),
    },
    { what: counted(deployed.secrets, 'secret'), usd: cost('secret_month', deployed.secrets) },
    {
      what: `${deployed.alarmMetrics} metrics under alarm`,
      usd: cost('alarm_metric_month', deployed.alarmMetrics),
    },
    {
      what: counted(deployed.compositeAlarms, 'composite alarm'),
      usd: cost('composite_alarm_month', deployed.compositeAlarms),
    },
    {
      what: counted(deployed.dashboards, 'dashboard'),
      usd: cost('dashboard_month', deployed.dashboards),
    },
    { what: counted(deployed.keys, 'KMS key'), usd: cost('kms_key_month', deployed.keys) },
  ].filter(({ usd }) => usd > 0);
}

const counted = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;
