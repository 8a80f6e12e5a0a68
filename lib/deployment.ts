import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type Concurrency, concurrencyOf } from './concurrency.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import type { Settings } from './settings.ts';
import { type Stage, stages } from './stages.ts';

/** What every construct needs to know of the deployment it is part of. */
export interface Deployment {
  stage: Stage;
  settings: Settings;
  concurrency: Concurrency;
  /** Where alarms go; none where there are no alarms. */
  alarmTopic: ITopic | undefined;
  /** The name of the deployment as a whole: prefix and environment. */
  name: string;
  /** A resource's name: prefix, its own name, environment. */
  nameOf(name: string): string;
  /** The variables among these that the operator has set. */
  passedOn(...names: string[]): Record<string, string>;
}

/** The deployment of a stack, with its topic for alarms where it has any. */
export function deploymentOf(scope: Construct, settings: Settings): Deployment {
  const { projectPrefix, environmentName, passedOn, alarmEmail, accountConcurrency } = settings;
  const stage = stages[environmentName];
  const deployment = {
    stage,
    settings,
    concurrency: concurrencyOf(stage.concurrency, accountConcurrency),
    name: `${projectPrefix}-${environmentName}`,
    nameOf: (name: string) => `${projectPrefix}-${name}-${environmentName}`,
    passedOn: (...names: string[]) =>
      Object.fromEntries(
        names.flatMap((name) => (passedOn[name] ? [[name, passedOn[name]] as const] : [])),
      ),
  };
  const hasAlarms = stage.alarms === 'always' || alarmEmail !== undefined;
  const alarmTopic = hasAlarms ? new AlarmTopic(scope, 'Alarms', { deployment }) : undefined;
  return { ...deployment, alarmTopic };
}
