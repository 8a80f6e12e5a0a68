import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { stageNames, withAppOf } from '../support/stack.ts';

const everythingOn = { ALARM_EMAIL: 'operator@replies.acme.dev' };

describe("AWS's own rules", () => {
  it.each(stageNames)(
    'are broken nowhere without a reason beside the resource (%s)',
    (stage) => {
      const broken = withAppOf(stage, everythingOn, ({ app, stack }) => {
        app.synth();
        return new AwsSolutionsChecks(app)
          .validateScope(stack)
          .violations.flatMap(({ ruleName, violatingResources }) =>
            violatingResources.map((one) => `${ruleName} at ${one.constructPath}`),
          );
      });

      expect(broken).toEqual([]);
    },
    60_000,
  );
});
