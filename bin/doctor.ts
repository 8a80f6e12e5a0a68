import { hintFor, type Target } from './command.ts';
import { apiCheck } from './doctor/api.ts';
import { awsChecks, secretsCheck } from './doctor/aws.ts';
import { type Check, findingsOf, lineOf, ofStack, skip, withoutEchoes } from './doctor/check.ts';
import { type Deployment, deploymentOf, localDeployment } from './doctor/deployment.ts';
import { failuresCheck } from './doctor/failures.ts';
import { productChecks, productOf } from './doctor/product.ts';
import { issuerCheck, modelCheck, shutdownCheck, twilioCheck } from './doctor/vendors.ts';
import { explain } from './fault.ts';
import { logsOf } from './logs/read.ts';
import { sayJson } from './output.ts';
import { runningLocally } from './target.ts';

type Hint = (text: string) => string;

/** Looks at all that a deployment needs; exit code 1 where something is to be fixed. */
export async function doctor({ json, ...target }: Target & { json?: boolean | undefined }) {
  const hint = hintFor(target);
  const checks = target.stage === 'local' ? localChecks(target, hint) : cloudChecks(target, hint);
  const findings = withoutEchoes(await findingsOf(checks, explain));
  if (json) sayJson(findings);
  else {
    const width = Math.max(...findings.map(({ check }) => check.length));
    for (const finding of findings) console.log(lineOf(finding, width));
  }
  // Connections to what did not answer must not keep a person waiting.
  process.exit(findings.some(({ status }) => status === 'FIX') ? 1 : 0);
}

function cloudChecks(target: Target, hint: Hint): Check[] {
  const deployment = deploymentOf(target);
  return [...awsChecks(deployment), ...ofStack(deployment.stack, checksOf(deployment, hint))];
}

function localChecks(target: Target, hint: Hint): Check[] {
  const why = 'credentials, stack, clock and concurrency are those of AWS.';
  return [
    { name: 'AWS', look: async () => [skip(why)] },
    ...checksOf(localDeployment(target, runningLocally()), hint),
  ];
}

/** What can be looked at wherever it runs. */
function checksOf(deployment: Deployment, hint: Hint): Check[] {
  const { target } = deployment;
  const product = productOf(target);
  return [
    secretsCheck(deployment),
    apiCheck(async () => (await deployment.stack())?.outputs['ApiUrl']),
    ...productChecks(target, product, hint),
    twilioCheck(deployment, product.channels),
    modelCheck(deployment, product.models),
    shutdownCheck(product.models, Date.now),
    issuerCheck(deployment),
    failuresCheck(logsOf(target), hint, Date.now),
  ];
}
