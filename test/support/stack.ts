import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { repliesEngineApp } from '../../lib/app.ts';
import { bundleOf, projectRoot } from '../../lib/constructs/bundle.ts';
import type { StageName } from '../../lib/stages.ts';

export const stageNames: StageName[] = ['local', 'dev', 'prod'];

/** `{ context: 'whatsapp-replies', name: 'receive' }` for every `lambdas/<context>/<name>.lambda.ts`. */
export const lambdaEntries = globSync('lambdas/*/*.lambda.ts', { cwd: projectRoot })
  .map((file) => file.split(path.sep))
  .map(([, context = '', file = '']) => ({ context, name: file.replace('.lambda.ts', '') }));

interface Deployment {
  template: Template;
  terminationProtection: boolean | undefined;
}

const made = new Map<string, Deployment>();

/** What a shell with these variables would deploy to a stage; made once per test file. */
export function deploymentOf(
  stage: StageName,
  environment: Record<string, string> = {},
): Deployment {
  const key = JSON.stringify([stage, environment]);
  const deployment = made.get(key) ?? synthesize(stage, environment);
  made.set(key, deployment);
  return deployment;
}

export const templateOf = (...of: Parameters<typeof deploymentOf>): Template =>
  deploymentOf(...of).template;

/** Makes the app for a stage, hands it over, and leaves nothing behind. */
export function withAppOf<T>(
  stage: StageName,
  environment: Record<string, string>,
  use: (made: ReturnType<typeof repliesEngineApp>) => T,
): T {
  // What is in the bundles makes no difference to the template: where none were made, empty ones do.
  for (const { context, name } of lambdaEntries) {
    mkdirSync(bundleOf(context, name), { recursive: true });
  }
  const outdir = mkdtempSync(path.join(os.tmpdir(), 'template-'));
  const context = {
    ProjectPrefix: 'acme',
    EnvironmentName: stage,
    'aws:cdk:enable-asset-metadata': true,
    'aws:cdk:disable-asset-staging': true,
  };
  try {
    return use(repliesEngineApp({ context, environment, outdir, checked: false }));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const synthesize = (stage: StageName, environment: Record<string, string>): Deployment =>
  withAppOf(stage, environment, ({ app, stack }) => {
    const { template, terminationProtection } = app.synth().getStackByName(stack.stackName);
    return { template: Template.fromJSON(template), terminationProtection };
  });

/** A part of a template, which the CDK types no closer than this. */
type Part = ReturnType<Template['toJSON']>[string];

export interface Resource {
  Type: string;
  Properties: Part;
  Metadata: Part;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

export const resourcesOf = (template: Template, type: string): [string, Resource][] =>
  Object.entries(template.findResources(type)) as [string, Resource][];

/** The logical id that an intrinsic function names; anything else as it is. */
export function referredBy(node: unknown): unknown {
  const { Ref: ref, 'Fn::GetAtt': attribute } = (node ?? {}) as Record<string, unknown>;
  return ref ?? (Array.isArray(attribute) ? attribute[0] : node);
}

/** The properties of a stack's functions by their entries' names, such as `whatsapp-replies-receive`. */
export function functionsOf(template: Template): Record<string, Part> {
  return Object.fromEntries(
    resourcesOf(template, 'AWS::Lambda::Function').map(([, { Properties, Metadata }]) => [
      path.basename(Metadata['aws:asset:path']),
      Properties,
    ]),
  );
}

/** Names of the variables that a function is given. */
export const variableNames = (template: Template, entry: string): string[] =>
  Object.keys(functionsOf(template)[entry].Environment.Variables).sort();
