import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Stage } from '../stages.ts';

/** Failures in a hundred; 0 while there are fewer than the stage calls a pattern, so that one failure at night wakes nobody. */
export const failedPercent = (failed: Metric, all: Metric, { alarmsFrom }: Stage) =>
  percentOf(failed, all, alarmsFrom.failedAtLeast, 'failed');

/** A part in a hundred of the whole; 0 while the part is smaller than that. */
export const percentOf = (part: Metric, whole: Metric, atLeast: number, what: string) =>
  new MathExpression({
    expression: `IF(part >= ${atLeast}, 100 * part / whole, 0)`,
    usingMetrics: { part, whole },
    label: `% ${what}`,
    period: part.period,
  });
