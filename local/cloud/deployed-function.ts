import { z } from 'zod';
import type { LocalFunction } from './function.ts';
import type { Resolver, Template } from './template.ts';

/** A function of the stack: its names, and its settings in the template. */
export const deployedFunction = z.object({
  logicalId: z.string(),
  /** The construct's id, such as ReplyProcessor. */
  construct: z.string(),
  /** Its entry is `lambdas/<context>/<shortName>.lambda.ts`. */
  context: z.string(),
  /** Such as reply-processor: the function's name without prefix and environment. */
  shortName: z.string(),
  definition: z.object({
    name: z.string(),
    file: z.string(),
    exportName: z.string(),
    memoryMb: z.number(),
    timeoutSeconds: z.number(),
    environment: z.record(z.string(), z.string()),
  }),
});
export type DeployedFunction = z.output<typeof deployedFunction>;

/** The functions of the template with their names; `made` are the running ones, by function name. */
export function deployedFunctions(
  template: Template,
  resolver: Resolver,
  made: ReadonlyMap<string, LocalFunction>,
): DeployedFunction[] {
  return Object.entries(template.Resources).flatMap(([logicalId, { Type, Metadata }]) => {
    const definition = made.get(resolver.made(logicalId)?.ref ?? '')?.definition;
    if (Type !== 'AWS::Lambda::Function' || !definition) return [];
    const { construct, context } = z
      .object({ construct: z.string(), context: z.string() })
      .parse(Metadata?.['function']);
    const shortName = definition.name.replace(/^replies-engine-|-local$/g, '');
    return [{ logicalId, construct, context, shortName, definition }];
  });
}

/** The function that has this name among its names, in any case; undefined where none has, or several have. */
export function findFunction(all: DeployedFunction[], name: string): DeployedFunction | undefined {
  const wanted = name.toLowerCase();
  const found = all.filter(({ logicalId, construct, shortName, definition }) =>
    [construct, shortName, definition.name, logicalId].some((one) => one.toLowerCase() === wanted),
  );
  return found.length === 1 ? found[0] : undefined;
}
