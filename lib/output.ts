import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** An output of the stack whose name in the terminal is just this. */
export function output(
  scope: Construct,
  name: string,
  value: string,
  { what }: { what: string },
): void {
  new CfnOutput(scope, name, { value, description: what }).overrideLogicalId(name);
}
