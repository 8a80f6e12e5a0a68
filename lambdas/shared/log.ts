import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { deploymentName } from './env.ts';
import { type EngineError, isOwnFault } from './errors.ts';
import {
  type CountMetric,
  deploymentDimension,
  metricNamespace,
  type TimeMetric,
} from './metrics.ts';

/** The product's log: JSON lines with ids; never a customer's words, numbers or addresses. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'critical'>;

/** A log whose lines all carry the same ids; more can be named as they become known. */
export type LogOfIds = Log & Pick<Logger, 'appendKeys'>;

/** A log of its own, beside `log`, whose lines all carry these ids. */
export function withIds(log: Logger, ids: Record<string, string>): LogOfIds {
  const child = log.createChild();
  child.appendKeys(ids);
  return child;
}

export const createLog = (serviceName: string): Logger => new Logger({ serviceName });

/** Counters and durations that alarms and dashboards read; written as EMF lines of the log. */
export interface Meter {
  count(name: CountMetric, by?: number): void;
  seconds(name: TimeMetric, seconds: number): void;
  /** Writes what was counted; called once at the end of each invocation. */
  flush(): void;
}

/** The meter of one function; all functions of a deployment add to the same metrics. */
export function createMeter(serviceName: string): Meter {
  let kept: Metrics | undefined;
  const make = () => {
    const made = new Metrics({ namespace: metricNamespace, serviceName });
    // The service would be a dimension too, and each metric as many metrics as there are functions.
    made.clearDefaultDimensions();
    made.setDefaultDimensions({ [deploymentDimension]: deploymentName() });
    return made;
  };
  const metrics = () => {
    kept ??= make();
    return kept;
  };
  return {
    count: (name, by = 1) => metrics().addMetric(name, MetricUnit.Count, by),
    seconds: (name, seconds) => metrics().addMetric(name, MetricUnit.Seconds, seconds),
    flush: () => {
      if (!kept?.hasStoredMetrics()) return;
      kept.addMetadata('service', serviceName);
      kept.publishStoredMetrics();
    },
  };
}

const maxFrames = 6;

/** Where an error comes from, without its message. */
function framesOf(error: Error): string[] {
  const { stack = '' } = error;
  // Twilio's error takes its message from the answer, which may have none.
  const message = String(error.message ?? '');
  // A message may have lines that look like frames.
  const behind = stack.indexOf(message) + message.length;
  if (!stack.includes(message)) return [];
  return stack
    .slice(behind)
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maxFrames)
    .map((line) => line.trim());
}

const maxCauses = 5;

/** What may be logged of an error: its kind, code and origin, and those of its causes; no foreign messages, which may quote payloads. */
export function errorForLog(error: unknown, causes = maxCauses): Record<string, unknown> {
  if (!(error instanceof Error)) return { error_name: typeof error };
  const { code, status } = error as { code?: unknown; status?: unknown };
  return {
    error_name: error.name,
    ...(code !== undefined && { error_code: code }),
    ...(status !== undefined && { error_status: status }),
    ...(error.name === 'EngineError'
      ? { error_message: error.message }
      : { frames: framesOf(error) }),
    ...(error.cause !== undefined && causes > 0 && { cause: errorForLog(error.cause, causes - 1) }),
  };
}

/** By how a code begins, whose failure it is; what is not in here is ours. */
const vendors: [begin: RegExp, metric: CountMetric][] = [
  [
    /^(openai_|run_failed$|run_cancelled$|run_timed_out$|model_silent$|answer_too_slow$)/,
    'OpenAiFailed',
  ],
  [/^twilio_/, 'TwilioFailed'],
  [/^mailbox_(unavailable|refused)$/, 'MailboxFailed'],
];

/** Counts a failure for the vendor that it came from, if it came from one. */
export function countVendorFailure(
  { code, cause }: EngineError,
  meter: Pick<Meter, 'count'>,
): void {
  if (isOwnFault(cause)) return;
  const vendor = vendors.find(([begin]) => begin.test(code));
  if (vendor) meter.count(vendor[1]);
}
