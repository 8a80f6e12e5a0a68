import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Concurrency } from './concurrency.ts';
import type { Settings } from './settings.ts';
import type { Stage } from './stages.ts';

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
