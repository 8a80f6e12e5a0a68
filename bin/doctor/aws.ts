import {
  GetAccountSettingsCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { parseTwilioCredentials } from '../../lambdas/vendors/twilio/credentials.ts';
import type { Target } from '../command.ts';
import { spanOf } from '../duration.ts';
import { secretId, secretNames } from '../secret-names.ts';
import { type Check, fix, ok, reached, warn } from './check.ts';
import type { Deployment } from './deployment.ts';

/** What only a deployment on AWS has. */
export const awsChecks = (deployment: Deployment): Check[] => [
  credentials,
  stack(deployment),
  clock,
  concurrency(deployment.target),
];

const credentials: Check = {
  name: 'credentials',
  async look(abortSignal) {
    const client = new STSClient({});
    const identity = await client.send(new GetCallerIdentityCommand({}), { abortSignal });
    const region = await client.config.region();
    return [ok(`account ${identity.Account} as ${identity.Arn}, region ${region}.`)];
  },
};

const stack = ({ stack: read, target }: Deployment): Check => ({
  name: 'stack',
  async look() {
    const name = `${target.prefix}-${target.stage}`;
    const found = await read();
    if (!found) {
      const deploy = `npx replies deploy --stage ${target.stage} --prefix ${target.prefix}`;
      return [fix(`${name} is not deployed here: check AWS_REGION, or run ${deploy}.`)];
    }
    const { status } = found;
    const text = `${name} is ${status}`;
    if (status.endsWith('_IN_PROGRESS')) return [warn(`${text}: wait until it is done.`)];
    if (status === 'UPDATE_ROLLBACK_COMPLETE') {
      return [warn(`${text}: the last deployment failed and was taken back; its events say why.`)];
    }
    const isSound = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status);
    return [
      isSound ? ok(`${text}.`) : fix(`${text}: see its events in CloudFormation, fix, deploy.`),
    ];
  },
});

/** Whether each secret holds something that can be used. */
export const secretsCheck = ({ secret, target }: Deployment): Check => ({
  name: 'secrets',
  async look() {
    const [openAi, twilio, mailbox] = await Promise.all([
      secret(secretNames.openAi),
      secret(secretNames.twilio),
      secret(secretNames.mailbox),
    ]);
    const id = (name: string) => secretId(target, name);
    const fill = `npx replies secrets --stage ${target.stage} --prefix ${target.prefix}`;
    const filled = (name: string) => ok(`${id(name)} is filled.`);
    return [
      openAi
        ? filled(secretNames.openAi)
        : fix(`${id(secretNames.openAi)} is empty: OPENAI_API_KEY=… ${fill}`),
      twilioSecret(twilio) ?? filled(secretNames.twilio),
      mailbox
        ? filled(secretNames.mailbox)
        : warn(
            `${id(secretNames.mailbox)} is empty; only runs of emails need it: MAILBOX_API_KEY=… ${fill}`,
          ),
    ];

    function twilioSecret(value: string | undefined) {
      const variables = 'TWILIO_ACCOUNT_SID=… TWILIO_AUTH_TOKEN=… TWILIO_PHONE_NUMBER=…';
      if (!value) return fix(`${id(secretNames.twilio)} is empty: ${variables} ${fill}`);
      try {
        parseTwilioCredentials(value);
        return undefined;
      } catch (error) {
        const why = (error as Error).message;
        return fix(`${id(secretNames.twilio)} is of no use: ${why} ${variables} ${fill}`);
      }
    }
  },
});

/** AWS refuses signatures that are five minutes off; Twilio's and OpenAI's webhooks depend on the time too. */
const [skewToWarn, skewToFix] = [30_000, 240_000];

const clock: Check = {
  name: 'clock',
  async look(signal) {
    const region = await new STSClient({}).config.region();
    const url = process.env['AWS_ENDPOINT_URL'] ?? `https://sts.${region}.amazonaws.com/`;
    const before = Date.now();
    const response = await reached(url, { method: 'HEAD', signal });
    const theirs = Date.parse(response.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return [warn('AWS did not say what time it is.')];
    const skew = Math.abs((before + Date.now()) / 2 - theirs);
    const text = `this machine's clock is ${spanOf(skew)} off AWS's`;
    if (skew > skewToFix) return [fix(`${text}: AWS refuses signatures; set it by NTP.`)];
    // The header has whole seconds.
    return [skew > skewToWarn ? warn(`${text}: set it by NTP.`) : ok(`${text}, in whole seconds.`)];
  },
};

/** What the other functions, which answer HTTP within a moment, need beside the workers. */
const spare = 20;

const concurrency = (target: Target): Check => ({
  name: 'concurrency',
  async look(abortSignal) {
    const client = new LambdaClient({});
    const settings = await client.send(new GetAccountSettingsCommand({}), { abortSignal });
    const limit = settings.AccountLimit?.UnreservedConcurrentExecutions ?? 0;
    const wanted = await workersOf(client, target, abortSignal);
    const text = `Lambda runs ${limit} functions at a time here; the workers of ${target.stage} may take ${wanted}`;
    if (limit >= wanted + spare) return [ok(`${text}.`)];
    const ask = 'ask for more in Service Quotas: Lambda, "Concurrent executions".';
    return [limit < wanted ? fix(`${text}: ${ask}`) : warn(`${text}, which leaves little: ${ask}`)];
  },
});

/** How many invocations the queues of this deployment may have at the same time, as they are deployed. */
async function workersOf(
  client: LambdaClient,
  { prefix, stage }: Target,
  abortSignal: AbortSignal,
): Promise<number> {
  let workers = 0;
  let Marker: string | undefined;
  do {
    const page = await client.send(
      new ListEventSourceMappingsCommand({ ...(Marker && { Marker }) }),
      { abortSignal },
    );
    for (const { FunctionArn: arn = '', ScalingConfig: scaling } of page.EventSourceMappings ??
      []) {
      const name = arn.split(':')[6] ?? '';
      const isOurs = name.startsWith(`${prefix}-`) && name.endsWith(`-${stage}`);
      if (isOurs) workers += scaling?.MaximumConcurrency ?? 0;
    }
    Marker = page.NextMarker;
  } while (Marker);
  return workers;
}
