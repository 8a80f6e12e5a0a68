import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { House } from '../house.ts';
import { HouseAlarm } from './alarm.ts';
import { failedPercent } from './failure-rate.ts';

export interface FunctionMeaning {
  house: House;
  about: string;
  impact: string;
}

/** Rings when too many of a function's invocations fail, and when it is not let run. */
export function alarmOnFailures(of: LambdaFunction, meaning: FunctionMeaning): void {
  const { stage } = meaning.house;
  const every = { period: Duration.minutes(5) };
  new HouseAlarm(of, 'Fails', {
    ...meaning,
    runbook: 'Function fails',
    metric: failedPercent(of.metricErrors(every), of.metricInvocations(every), stage),
    from: stage.alarmsFrom.failedPercent,
    periods: 3,
    badPeriods: 2,
  });
  new HouseAlarm(of, 'Throttled', {
    ...meaning,
    runbook: 'Function throttled',
    metric: of.metricThrottles(every),
    from: 1,
    periods: 3,
  });
}
