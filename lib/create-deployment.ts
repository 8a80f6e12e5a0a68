import type { Construct } from 'constructs';
import { concurrencyOf } from './concurrency.ts';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import type { Deployment } from './deployment.ts';
import type { Settings } from './settings.ts';
import { stages } from './stages.ts';

/** The deployment of a stack, with its topic for alarms where it has any. */
export function createDeployment(scope: Construct, settings: Settings): Deployment {
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
