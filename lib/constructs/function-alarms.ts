import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Deployment } from '../deployment.ts';
import { failedPercent } from './failure-rate.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface FunctionMeaning {
  deployment: Deployment;
  about: string;
  impact: string;
}

/** Rings when too many of a function's invocations fail. That functions are not run at all is one alarm of the product. */
export function alarmOnFailures(of: LambdaFunction, meaning: FunctionMeaning): void {
  const { stage } = meaning.deployment;
  const every = { period: Duration.minutes(5) };
  new RunbookAlarm(of, 'Fails', {
    ...meaning,
    runbook: 'Function fails',
    metric: failedPercent(of.metricErrors(every), of.metricInvocations(every), stage),
    from: stage.alarmsFrom.failedPercent,
    periods: 3,
    badPeriods: 2,
  });
}
