import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';

/** Where an alarm leads: a heading of docs/runbook.md under "Alarms". */
export interface Meaning {
  /** Who is hurt, as a sentence without its full stop. */
  impact: string;
  runbook: string;
  /** The queue or function that it is about, by its own name; none where it is about the product as a whole. */
  about?: string;
}

export interface RunbookAlarmProps extends Meaning {
  deployment: Deployment;
  metric: IMetric;
  /** It rings from this value on, itself included. */
  from: number;
  /** How many periods are looked at, and how many of them must be as bad; one where nothing is said. */
  periods?: number;
  badPeriods?: number;
  /** What no data means; that nothing is wrong, where nothing is said. */
  missing?: TreatMissingData;
}

/** The anchor of a heading. */
export const slug = (heading: string): string => heading.toLowerCase().replaceAll(' ', '-');

/** An alarm's name: what it is about, then its heading in the runbook as an anchor. */
const alarmName = (deployment: Deployment, { about, runbook }: Meaning): string =>
  deployment.nameOf([...(about ? [about] : []), slug(runbook)].join('-'));

/** An alarm that says who is hurt and leads to the runbook; none where the stage has no alarms. */
export class RunbookAlarm extends Construct {
  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    super(scope, id);
    const { deployment, impact, runbook, metric, from, periods = 1, badPeriods = periods } = props;
    if (!deployment.alarmTopic) return;
    const alarm = new Alarm(this, 'Alarm', {
      alarmName: alarmName(deployment, props),
      alarmDescription: `${impact}. What to do: ${deployment.settings.runbookUrl}#${slug(runbook)}`,
      metric,
      threshold: from,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: badPeriods,
      treatMissingData: props.missing ?? TreatMissingData.NOT_BREACHING,
    });
    const told = new SnsAction(deployment.alarmTopic);
    alarm.addAlarmAction(told);
    alarm.addOkAction(told);
  }
}
