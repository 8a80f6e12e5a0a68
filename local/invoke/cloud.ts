import { type DeployedFunction, findFunction } from '../cloud/deployed-function.ts';
import { type Engine, startEngine } from '../engine.ts';
import { runningIn } from '../running.ts';
import { readLocalSettings } from '../settings.ts';
import { setScene } from './scene.ts';

/** A function and the cloud whose tables, queues and vendors it uses. */
export interface Place {
  called: DeployedFunction;
  /** The name of that cloud, for a person. */
  where: string;
  /** Missing where the cloud belongs to another process. */
  engine?: Engine;
  leave(): Promise<void>;
}

/** A function that the stack does not have; its message names those that it has. */
export class UnknownFunction extends Error {
  override readonly name = 'UnknownFunction';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The cloud of `npm start` if it runs on this folder, else one in memory for this call. */
export async function placeOf(name: string, environment: Environment): Promise<Place> {
  const settings = readLocalSettings(environment);
  const running = runningIn(settings.dataDir);
  if (running) {
    const called = known(running.functions, name);
    return { called, where: `npm start at ${running.url}`, leave: async () => undefined };
  }
  const engine = await startEngine({
    // Any port will do, but the events are signed for this public URL.
    settings: { ...settings, port: 0 },
    keep: false,
    polls: false,
    sink: () => undefined,
  });
  try {
    const called = known(engine.cloud.deployed, name);
    await setScene(engine, called);
    const where = 'a cloud of its own, with the demo company';
    return { called, where, engine, leave: () => engine.stop() };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

function known(all: DeployedFunction[], name: string): DeployedFunction {
  const found = findFunction(all, name);
  if (found) return found;
  const names = all.map(({ shortName }) => shortName).join(', ');
  throw new UnknownFunction(
    `No function, or more than one, is called ${name}. There are: ${names}.`,
  );
}
