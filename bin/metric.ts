import { CommandError, type Target } from './command.ts';
import { logName } from './logs/read.ts';
import { busiestFunctions, cloudFigures } from './metric/cloud.ts';
import { type Point, periodSeconds } from './metric/figures.ts';
import { localFigures } from './metric/local.ts';
import { aboutMetric, type MetricName, type Statistic } from './metric/names.ts';
import { say, sayJson } from './output.ts';

interface Wanted extends Target {
  statistic?: Statistic | undefined;
  hours: number;
  byFunction?: boolean | undefined;
  json?: boolean | undefined;
}

/** Shows the figures of a metric, by five minutes. */
export async function metric(
  name: MetricName,
  named: string | undefined,
  options: Wanted,
): Promise<void> {
  if (options.byFunction) return busiest(name, options);
  const about = aboutMetric(name);
  checkOwner(name, about.of, named);
  const of = named === undefined ? undefined : logName(named, options);
  const statistic = options.statistic ?? about.statistic;
  const figures = { metric: name, statistic, of, target: options, ...timeOf(options) };
  const points = await (options.stage === 'local' ? localFigures : cloudFigures)(figures);
  if (options.json) {
    return sayJson({ metric: name, of, statistic, period_seconds: periodSeconds, points });
  }
  for (const point of points) say(lineOf(point));
  if (points.length === 0) {
    console.error(`No ${name} of the last ${options.hours} h: nothing was counted.`);
  }
}

async function busiest(name: MetricName, options: Wanted): Promise<void> {
  if (name !== 'ConcurrentExecutions' || options.stage === 'local') {
    throw new CommandError('--by-function is for ConcurrentExecutions of an AWS account.');
  }
  const functions = await busiestFunctions(timeOf(options));
  if (options.json) return sayJson(functions);
  for (const one of functions) say(`${one.function}  ${one.value}`);
}

function checkOwner(name: string, of: string, named: string | undefined): void {
  if (of === 'deployment' && named !== undefined) {
    throw new CommandError(`${name} is of the whole deployment: leave ${named} out.`);
  }
  if (of === 'deployment' || named !== undefined || name === 'ConcurrentExecutions') return;
  const such = of === 'queue' ? 'whatsapp-replies' : 'reply-processor';
  throw new CommandError(`Of which ${of}? Such as: npx replies metric ${name} ${such}`);
}

const timeOf = ({ hours }: Wanted) => {
  const until = Date.now();
  return { since: until - hours * 3_600_000, until };
};

const lineOf = ({ time, value }: Point): string =>
  `${time}  ${Number.isInteger(value) ? value : value.toFixed(2)}`;
