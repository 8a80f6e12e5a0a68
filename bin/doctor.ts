import { explain, runCommand, sayJson } from './command.ts';
import { apiCheck } from './doctor/api.ts';
import { awsChecks } from './doctor/aws.ts';
import { type Check, findingsOf, lineOf, skip, withoutEchoes } from './doctor/check.ts';
import { deploymentOf } from './doctor/deployment.ts';
import { productChecks, productOf } from './doctor/product.ts';
import { issuerCheck, modelCheck, shutdownCheck, twilioCheck } from './doctor/vendors.ts';
import { runningLocally, type Target } from './target.ts';

const usage = `Whether a deployment is fit to answer customers, and what to do where it is not. It changes nothing.

  npm run doctor -- [--json]

  Each line is ok, warn (it may go wrong), FIX (it does) or skip (it could not be looked at). The exit
  code is 1 where one says FIX. Secrets are read to be tried, and never printed.

  --stage local|dev|prod        which deployment; local by default (npm start must run)
  --prefix NAME                 its ProjectPrefix; replies-engine by default`;

const command = {
  name: 'doctor',
  usage,
  options: { json: { type: 'boolean', default: false } },
  actions: { '': { options: ['json'] } },
} as const;

type Hint = (text: string) => string;

await runCommand(command, async ({ values, target, hint }) => {
  const checks = target.stage === 'local' ? localChecks(target, hint) : cloudChecks(target, hint);
  const findings = withoutEchoes(await findingsOf(checks, explain));
  if (values.json) sayJson(findings);
  else {
    const width = Math.max(...findings.map(({ check }) => check.length));
    for (const finding of findings) console.log(lineOf(finding, width));
  }
  // Connections to what did not answer must not keep a person waiting.
  process.exit(findings.some(({ status }) => status === 'FIX') ? 1 : 0);
});

function cloudChecks(target: Target, hint: Hint): Check[] {
  const [deployment, product] = [deploymentOf(target), productOf(target)];
  return [
    ...awsChecks(deployment),
    apiCheck(async () => (await deployment.stack())?.outputs['ApiUrl']),
    ...productChecks(target, product, hint),
    twilioCheck(deployment, product.channels),
    modelCheck(deployment, product.models),
    shutdownCheck(product.models, Date.now),
    issuerCheck(deployment),
  ];
}

function localChecks(target: Target, hint: Hint): Check[] {
  const running = runningLocally();
  const product = productOf(target);
  const isSkipped = (name: string, why: string): Check => ({ name, look: async () => [skip(why)] });
  const twilio = running.twilio_url ? 'it is simulated' : 'npm start alone has its credentials';
  return [
    ...['credentials', 'stack', 'clock', 'concurrency'].map((name) =>
      isSkipped(name, 'the local cloud has none.'),
    ),
    isSkipped('secrets', 'they come from the environment of npm start.'),
    apiCheck(async () => running.url),
    ...productChecks(target, product, hint),
    isSkipped('twilio', `${twilio}.`),
    isSkipped('model access', 'npm start alone has its key.'),
    shutdownCheck(product.models, Date.now),
    isSkipped('OIDC issuer', 'npm start alone knows it.'),
  ];
}
