import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { stageNames, withAppOf } from '../support/stack.ts';

const everythingOn = { ALARM_EMAIL: 'operator@replies.acme.dev' };

const brokenIn = (app: App, stack: Stack): string[] =>
  new AwsSolutionsChecks(app)
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map((one) => `${ruleName} at ${one.constructPath}`),
    );

describe("AWS's own rules", () => {
  it('are seen where they are broken', () => {
    const app = new App();
    const stack = new Stack(app, 'Loose');
    new Topic(stack, 'Open');

    expect(brokenIn(app, stack)).toContain('AwsSolutions-SNS3 at Loose/Open/Resource');
  });

  it.each(stageNames)(
    'are broken nowhere without a reason beside the resource (%s)',
    (stage) => {
      const broken = withAppOf(stage, everythingOn, ({ app, stack }) => {
        app.synth();
        return brokenIn(app, stack);
      });

      expect(broken).toEqual([]);
    },
    60_000,
  );
});
