import type { Settings } from './settings.ts';
import { type Stage, stages } from './stages.ts';

/** What every construct needs to know of the deployment it is part of. */
export interface House {
  stage: Stage;
  settings: Settings;
  /** A resource's name: prefix, its own name, environment. */
  nameOf(name: string): string;
  /** The variables among these that the operator has set. */
  passedOn(...names: string[]): Record<string, string>;
}

export function houseOf(settings: Settings): House {
  const { projectPrefix, environmentName, passedOn } = settings;
  return {
    stage: stages[environmentName],
    settings,
    nameOf: (name) => `${projectPrefix}-${name}-${environmentName}`,
    passedOn: (...names) =>
      Object.fromEntries(
        names.flatMap((name) => (passedOn[name] ? [[name, passedOn[name]] as const] : [])),
      ),
  };
}
