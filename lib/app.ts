import { App, Tags } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { RepliesEngineStack } from './replies-engine-stack.ts';
import { type NamingContext, readSettings } from './settings.ts';

export interface AppOptions {
  /** Overrides what the CDK's own context says, as the local cloud and the tests do. */
  context?: NamingContext;
  environment?: Readonly<Record<string, string | undefined>>;
  outdir?: string;
  /** Whether CloudFormation's own rules are applied, which takes seconds; a deployment is always checked. */
  checked?: boolean;
}

/** The CDK app with the stack in it; the Lambdas must have been bundled. */
export function repliesEngineApp(options: AppOptions = {}): {
  app: App;
  stack: RepliesEngineStack;
} {
  const app = new App({
    analyticsReporting: false,
    ...(options.outdir && { outdir: options.outdir }),
    builtinCloudFormationValidation: options.checked ?? true,
    // The CDK's current behaviour in everything, whichever command synthesizes.
    context: { ...recommendedFlags, ...options.context },
  });
  const naming: NamingContext = {
    ProjectPrefix: app.node.tryGetContext('ProjectPrefix'),
    EnvironmentName: app.node.tryGetContext('EnvironmentName'),
  };
  const settings = readSettings(naming, options.environment ?? process.env);
  const { projectPrefix, environmentName } = settings;
  const stack = new RepliesEngineStack(app, `${projectPrefix}-${environmentName}`, {
    settings,
    description: "Answers a company's customers with an LLM, on time and exactly once",
    terminationProtection: environmentName === 'prod',
  });
  Tags.of(stack).add('project', projectPrefix);
  Tags.of(stack).add('environment', environmentName);
  return { app, stack };
}
